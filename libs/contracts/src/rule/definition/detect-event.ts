import type { DetectEvent, ForEach } from '@amends/domain';
import { objectShape, optional, required, wordShape } from '../shape';
import { conditionsShape } from './conditions';
import { commonFields } from './detect-common';
import { durationShape } from './duration';
import { eventTypeShape, pathShape } from './names';

const forEachShape = objectShape<ForEach>(
  {
    event: required(eventTypeShape),
    by: required(pathShape('One incident per value of this path in the events found.')),
    over: required(
      durationShape({ description: 'How far back history is searched.', zero: false }),
    ),
    where: optional(conditionsShape),
  },
  {
    description: 'Fans out to the customers that history shows; trigger is the event that did it.',
  },
);

export const detectEventShape = objectShape<DetectEvent>(
  {
    type: required(wordShape(['event'], 'One event that satisfies where.')),
    event: required(eventTypeShape),
    for_each: optional(forEachShape),
    ...commonFields,
  },
  { description: 'One event that satisfies where.' },
);
