import { parseDuration, type Accrue, type DetectDeadline } from '@amends/domain';
import { integerShape, objectShape, optional, required, textShape, wordShape } from '../shape';
import type { Shape } from '../shape';
import { BOUNDS } from './bounds';
import { conditionsShape } from './conditions';
import { commonFields } from './detect-common';
import { repeatShape } from './detect-sequence';
import { durationShape } from './duration';
import { eventTypesShape } from './event-types';
import { pathShape, slugShape } from './names';

const accrueShape = objectShape<Accrue>(
  {
    every: required(durationShape({ description: 'A further unit after each.', zero: false })),
    max: required(
      integerShape({ description: 'Most units of one incident.', min: 1, max: BOUNDS.maxUnits }),
    ),
  },
  { description: 'One unit at due + grace and one more at each further step until expect.' },
);

const dueDuration = durationShape({ description: 'After the start event.', zero: true });
const duePath = pathShape('An instant in the start event.');
const dueText = textShape({ description: '', maxLength: BOUNDS.pathLength });

/** A duration starts with a digit, and no field that we can name does. */
const dueShape: Shape<string> = {
  read(value, place) {
    const text = dueText.read(value, place);
    if (text === undefined) return undefined;
    return /^\d/.test(text) ? dueDuration.read(text, place) : duePath.read(text, place);
  },
  schema: (defs) => ({
    description: 'A duration after the start event, or the path of an instant in it.',
    anyOf: [dueDuration.schema(defs), duePath.schema(defs)],
  }),
};

export function isDueDuration(due: string): boolean {
  return parseDuration(due) !== undefined;
}

export const detectDeadlineShape = objectShape<DetectDeadline>(
  {
    type: required(wordShape(['deadline'], 'Something that should have happened did not.')),
    start: required(eventTypesShape('Opens the deadline.')),
    expect: required(eventTypesShape('Keeps it.')),
    cancel: optional(eventTypesShape('Closes it without an incident.')),
    extend: optional(eventTypesShape('Computes it anew; how often is the variable moves.')),
    broken_if: optional(conditionsShape),
    due: required(dueShape),
    grace: optional(durationShape({ description: 'Added to due.', zero: true })),
    calendar: optional(slugShape('Working time in which due and grace run.')),
    accrue: optional(accrueShape),
    repeat: optional(repeatShape),
    ...commonFields,
  },
  { description: 'Something that should have happened did not.' },
);
