import fc from 'fast-check';
import {
  deadlineCase,
  duplicates,
  eventCase,
  lateDeadlineCase,
  lateEventCase,
  latePayCase,
  lateSequenceCase,
  lateWindowCase,
  payCase,
  type RuleCase,
  sequenceCase,
  shuffleWithin,
  windowCase,
} from './arbitraries';
import { identities } from './identities';
import { comparable } from './comparable';
import type { OracleEvent } from './model';
import { oracle } from './oracle';
import { runs } from './runs';

const numRuns = runs(100);
const ask = (one: RuleCase, arrivals: OracleEvent[]): string[] =>
  comparable(oracle(one.rule, arrivals, one));
const identitiesOf = (one: RuleCase, arrivals: OracleEvent[]): string[] =>
  identities(oracle(one.rule, arrivals, one));

describe('what RULES.md promises holds of the oracle itself', () => {
  const all: [string, fc.Arbitrary<RuleCase>][] = [
    ['deadline', deadlineCase],
    ['window', windowCase],
    ['sequence', sequenceCase],
    ['event', eventCase],
    ['pay', payCase],
  ];
  test.each(all)('semantics 2, %s: duplicates change nothing', (_name, cases) => {
    const doubled = cases.chain((one) => fc.tuple(fc.constant(one), duplicates(one.arrivals)));
    const property = fc.property(doubled, ([one, arrivals]) => {
      expect(ask(one, arrivals)).toEqual(ask(one, one.arrivals));
    });
    fc.assert(property, { numRuns });
  });

  const ordered: [string, fc.Arbitrary<RuleCase>][] = [
    ['deadline', lateDeadlineCase],
    ['window', lateWindowCase],
    ['sequence', lateSequenceCase],
  ];
  test.each(ordered)('semantics 3, %s: the order within the lateness', (_name, cases) => {
    const shuffled = cases.chain((one) =>
      fc.tuple(fc.constant(one), shuffleWithin(one.arrivals, one.disorderMs)),
    );
    const property = fc.property(shuffled, ([one, arrivals]) => {
      expect(ask(one, arrivals)).toEqual(ask(one, one.arrivals));
    });
    fc.assert(property, { numRuns });
  });

  const byIdentity: [string, fc.Arbitrary<RuleCase>][] = [
    ['event', lateEventCase],
    ['pay', latePayCase],
  ];
  test.each(byIdentity)('semantics 3, %s: the same incidents in any order', (_name, cases) => {
    const shuffled = cases.chain((one) =>
      fc.tuple(fc.constant(one), shuffleWithin(one.arrivals, one.disorderMs)),
    );
    const property = fc.property(shuffled, ([one, arrivals]) => {
      expect(identitiesOf(one, arrivals)).toEqual(identitiesOf(one, one.arrivals));
    });
    fc.assert(property, { numRuns });
  });
});
