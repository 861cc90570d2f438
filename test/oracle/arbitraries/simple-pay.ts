import fc from 'fast-check';
import type { RawRule } from '../model';

/** Pay that tells which event spoke, for cases that are about detection. */
export function simplePay(): fc.Arbitrary<RawRule> {
  return fc.constantFrom<RawRule>(
    { as: 'credit', amount: { percent: 100, of: 'data.v' } },
    { as: 'credit', amount: { fixed: '5.00 EUR' } },
    { as: 'nothing' },
  );
}

/** What every rule document has beside its five blocks. */
export function ruleWith(blocks: RawRule): RawRule {
  return {
    kind: 'Rule',
    id: 'drawn',
    title: 'Drawn',
    labels: { team: 'drawn' },
    ...blocks,
    message: { template: 'drawn', channels: ['email'] },
  };
}
