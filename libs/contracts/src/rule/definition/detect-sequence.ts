import type { DetectSequence, Repeat, Step } from '@amends/domain';
import { isPlainObject } from '../../json';
import {
  integerShape,
  listShape,
  objectShape,
  optional,
  required,
  wordShape,
  wrongType,
  type Shape,
} from '../shape';
import { BOUNDS } from './bounds';
import { conditionsShape } from './conditions';
import { commonFields } from './detect-common';
import { durationShape } from './duration';
import { eventTypesShape } from './event-types';
import { eventTypeShape, pathShape } from './names';

export const repeatShape = objectShape<Repeat>(
  {
    times: required(integerShape({ description: 'Every n-th miss counts.', min: 1, max: 1000 })),
    over: required(durationShape({ description: 'Within this span.', zero: false })),
    by: optional(pathShape('Counted per value of this path. Default: by of the rule.')),
  },
  { description: 'Only every n-th miss within the span is an incident.' },
);

const stepObject = objectShape<Exclude<Step, string>>(
  { event: required(eventTypeShape), where: optional(conditionsShape) },
  { description: 'An event that satisfies conditions.' },
);

const stepShape: Shape<Step> = {
  read(value, place) {
    if (typeof value === 'string') return eventTypeShape.read(value, place);
    if (!isPlainObject(value)) return wrongType(value, 'types', place);
    return stepObject.read(value, place);
  },
  schema: (defs) => ({ anyOf: [eventTypeShape.schema(defs), stepObject.schema(defs)] }),
};

export const detectSequenceShape = objectShape<DetectSequence>(
  {
    type: required(wordShape(['sequence'], 'Events in this order.')),
    steps: required(
      listShape(stepShape, {
        description: 'The events, in order of their time.',
        min: BOUNDS.minSteps,
        max: BOUNDS.maxSteps,
        tooFew: 'too_few_steps',
      }),
    ),
    within: required(durationShape({ description: 'First to last step.', zero: false })),
    cancel: optional(eventTypesShape('An event that breaks the sequence.')),
    repeat: optional(repeatShape),
    ...commonFields,
  },
  { description: 'Events of one key in this order within a span.' },
);
