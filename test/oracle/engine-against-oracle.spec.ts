import { compileRule, simulate } from '@amends/domain';
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
  orderlyDeadlineCase,
  payCase,
  type RuleCase,
  sequenceCase,
  shuffleWithin,
  windowCase,
} from './arbitraries';
import { comparable } from './comparable';
import { edgeGroups } from './edges/edge-groups';
import { identities } from './identities';
import type { OracleEvent } from './model';
import { oracle } from './oracle';
import { runs } from './runs';
import { instantAt, writtenArrivals } from './written-test';

type SimulatedIncidents = ReturnType<typeof simulate>;

const numRuns = runs(300);
const fewerRuns = runs(100);

const cases: [string, fc.Arbitrary<RuleCase>][] = [
  ['deadline in order', orderlyDeadlineCase],
  ['deadline', deadlineCase],
  ['deadline with allow_late', lateDeadlineCase],
  ['window', windowCase],
  ['window with allow_late', lateWindowCase],
  ['sequence', sequenceCase],
  ['sequence with allow_late', lateSequenceCase],
  ['event', eventCase],
  ['event with allow_late', lateEventCase],
  ['pay and limits', payCase],
  ['pay and limits with allow_late', latePayCase],
];
const orderFree: [string, fc.Arbitrary<RuleCase>][] = [
  ['deadline', lateDeadlineCase],
  ['window', lateWindowCase],
  ['sequence', lateSequenceCase],
];

function engine(one: RuleCase, arrivals: OracleEvent[], options: object = {}): SimulatedIncidents {
  const calendars = new Map(Object.entries(one.calendars));
  const compiled = compileRule(one.rule, { version: 1, calendars });
  return simulate(compiled, arrivals, { untilMs: one.untilMs, ...options });
}

function asked(one: RuleCase, arrivals: OracleEvent[] = one.arrivals): string[] {
  return comparable(oracle(one.rule, arrivals, one));
}

function also<T>(
  arbitrary: fc.Arbitrary<RuleCase>,
  more: (one: RuleCase) => fc.Arbitrary<T>,
): fc.Arbitrary<[RuleCase, T]> {
  return arbitrary.chain((one) => fc.tuple(fc.constant(one), more(one)));
}

describe.each(edgeGroups)('the engine on the hand-made cases: %s', (_group, edges) => {
  test.each(edges.map((one) => ({ ...one, title: `${one.sentence} – ${one.name}` })))(
    '$title',
    ({ rule, events, until, calendars = {} }) => {
      const arrivals = writtenArrivals(events);
      const one = { rule, arrivals, untilMs: instantAt(until), calendars, disorderMs: 0 };
      expect(comparable(engine(one, arrivals))).toEqual(asked(one));
    },
  );
});

describe.each(cases)('the engine and the oracle: %s', (_name, arbitrary) => {
  test('the same incidents and payments', () => {
    const property = fc.property(arbitrary, (one) => {
      expect(comparable(engine(one, one.arrivals))).toEqual(asked(one));
    });
    fc.assert(property, { numRuns });
  });

  test('semantics 2: the same with duplicates', () => {
    const doubled = also(arbitrary, (one) => duplicates(one.arrivals));
    const property = fc.property(doubled, ([one, arrivals]) => {
      expect(comparable(engine(one, arrivals))).toEqual(asked(one));
    });
    fc.assert(property, { numRuns: fewerRuns });
  });

  test('semantics 3: batches and restarts change nothing', () => {
    const batched = also(arbitrary, () => fc.integer({ min: 1, max: 4 }));
    const property = fc.property(batched, ([one, batchSize]) => {
      const options = { batchSize, restartBetweenBatches: true };
      expect(comparable(engine(one, one.arrivals, options))).toEqual(asked(one));
    });
    fc.assert(property, { numRuns: fewerRuns });
  });
});

test.each(orderFree)(
  'semantics 3, %s: the same in any order within allow_late',
  (_n, arbitrary) => {
    const shuffled = also(arbitrary, (one) => shuffleWithin(one.arrivals, one.disorderMs));
    const property = fc.property(shuffled, ([one, arrivals]) => {
      expect(comparable(engine(one, arrivals))).toEqual(asked(one));
    });
    fc.assert(property, { numRuns });
  },
);

test('semantics 3, event: the same incidents in any order within allow_late', () => {
  const shuffled = also(lateEventCase, (one) => shuffleWithin(one.arrivals, one.disorderMs));
  const property = fc.property(shuffled, ([one, arrivals]) => {
    expect(identities(engine(one, arrivals))).toEqual(
      identities(oracle(one.rule, one.arrivals, one)),
    );
  });
  fc.assert(property, { numRuns });
});
