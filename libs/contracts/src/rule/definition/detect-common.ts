import { mapShape, namedShape, optional, textShape } from '../shape';
import { BOUNDS } from './bounds';
import { conditionsShape } from './conditions';
import { durationShape } from './duration';
import { pathShape } from './names';

/** Names of facts: what a path's first part can be, and what CEL takes for an identifier. */
export const FACT_NAME = /^[A-Za-z_][A-Za-z0-9_]{0,62}$/;

const letShape = namedShape(
  'facts',
  mapShape(
    textShape({
      description: 'A CEL expression over the fields of the event and the facts above.',
      maxLength: BOUNDS.celLength,
      examples: ['minutes(data.delivered_at, data.promised_at)'],
    }),
    { description: 'Facts: names for what can be computed.', max: BOUNDS.facts, key: FACT_NAME },
  ),
);

/** What may stand in every type of `detect`. */
export const commonFields = {
  by: optional(
    pathShape('Correlation and identity: one incident per rule and value. Default: subject.'),
  ),
  let: optional(letShape),
  where: optional(conditionsShape),
  allow_late: optional(
    durationShape({ description: 'How late an event may arrive and still count.', zero: true }),
  ),
};
