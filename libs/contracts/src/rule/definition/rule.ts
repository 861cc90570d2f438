import type { RuleDocument } from '@amends/domain';
import { mapShape, objectShape, optional, required, textShape, wordShape } from '../shape';
import { BOUNDS } from './bounds';
import { detectShape } from './detect';
import { limitsShape, skipIfsShape } from './limit';
import { messageShape } from './message';
import { slugShape } from './names';
import { payShape } from './pay';
import { testsShape } from './test';

/** The one definition of the rule document. */
export const ruleShape = objectShape<RuleDocument>(
  {
    kind: required(wordShape(['Rule'], 'Always Rule.')),
    id: required(slugShape('Immutable; used in URLs, identity and ledger.')),
    title: required(textShape({ description: 'What people call it.', maxLength: 200 })),
    note: optional(textShape({ description: 'Why this rule exists.', maxLength: 10_000 })),
    labels: optional(
      mapShape(textShape({ description: 'Value of the label.', maxLength: 100 }), {
        description: 'For filters, holds and limits across rules.',
        max: BOUNDS.labels,
        key: /^[a-z0-9][a-z0-9_-]{0,62}$/,
      }),
    ),
    detect: required(detectShape),
    skip_if: optional(skipIfsShape),
    pay: required(payShape),
    limits: optional(limitsShape),
    message: optional(messageShape),
    tests: optional(testsShape),
  },
  { description: 'When a customer was let down, and what is owed.' },
);
