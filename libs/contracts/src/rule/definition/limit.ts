import type { Limit, SkipIf } from '@amends/domain';
import {
  described,
  integerShape,
  listShape,
  objectShape,
  optional,
  required,
  textShape,
  wordShape,
} from '../shape';
import { BOUNDS } from './bounds';
import { conditionsShape } from './conditions';
import { durationShape } from './duration';
import { moniesShape } from './money';
import { eventTypeShape, pathShape } from './names';

const limitShape = objectShape<Limit>(
  {
    times: optional(
      integerShape({ description: 'At most so many payouts.', min: 1, max: BOUNDS.maxTimes }),
    ),
    total: optional(described('At most this sum.', moniesShape)),
    per: required(pathShape('customer, rule, or a path.')),
    across: optional(
      textShape({
        description: 'Shared by all rules with this label: label=value.',
        maxLength: 200,
        pattern: { regex: /^[a-z0-9][a-z0-9_-]*=[^\s=][^=]*$/, code: 'bad_across', param: 'value' },
      }),
    ),
    over: optional(durationShape({ description: 'Sliding span; absent: for ever.', zero: false })),
    then: required(wordShape(['skip', 'trim', 'review'], 'What happens beyond the limit.')),
  },
  { description: 'A bound on how often or how much is paid.' },
);

export const limitsShape = listShape(limitShape, {
  description: 'How often?',
  max: BOUNDS.limits,
});

const skipIfShape = objectShape<SkipIf>(
  {
    event: required(eventTypeShape),
    same: required(pathShape('Path whose value is the same in both events.')),
    over: required(durationShape({ description: 'How far back.', zero: false })),
    where: optional(conditionsShape),
  },
  { description: 'An event in history that says it was put right.' },
);

export const skipIfsShape = listShape(skipIfShape, {
  description: 'Unless it was already put right.',
  max: BOUNDS.skipIfs,
});
