import fc from 'fast-check';
import { conditions } from './conditions';
import { HOUR_MS } from './grid';
import { compact, rarely } from './optional';
import type { RawRule } from '../model';
import type { RuleCase } from './rule-case';
import { ruleWith, simplePay } from './simple-pay';
import { stream, until, untilOf } from './stream';

function drawn(lateHours: number, delayHours: number): fc.Arbitrary<RuleCase> {
  return fc
    .record({
      detect: detect(lateHours),
      pay: simplePay(),
      arrivals: stream({
        types: ['one', 'one', 'one', 'two', 'two', 'two', 'three', 'three', 'off'],
        maxDelayHours: delayHours,
      }),
      until: until(),
    })
    .map(({ detect: drawnDetect, pay, arrivals, until: hour }) => ({
      rule: ruleWith({ detect: drawnDetect, pay }),
      arrivals,
      untilMs: untilOf(arrivals, hour),
      calendars: {},
      disorderMs: delayHours * HOUR_MS,
    }));
}

const facts = [
  { let: { rise: 'step2.data.n - step1.data.n' }, where: { rise: { gte: 0 } } },
  { let: { apart: 'hours(step2.time, step1.time)' }, where: { apart: { gte: 1 } } },
  { let: { over: 'minus(step2.data.v, step1.data.v)' }, where: { over: { gt: 0 } } },
  {},
  {},
  {},
];

function detect(lateHours: number): fc.Arbitrary<RawRule> {
  const type = fc.constantFrom('one', 'two', 'three');
  const step = fc.oneof(
    { weight: 6, arbitrary: type as fc.Arbitrary<RawRule> },
    { weight: 1, arbitrary: fc.record({ event: type, where: conditions() }) },
  );
  return fc
    .record({
      steps: fc.oneof(fc.constant(['one', 'two']), fc.array(step, { minLength: 2, maxLength: 3 })),
      by: fc.constant('data.k'),
      within: fc.constantFrom('2h', '4h', '8h'),
      cancel: rarely(fc.constant('off'), 3),
      repeat: rarely(fc.record({ times: fc.constant(2), over: fc.constantFrom('3h', '30d') }), 4),
      facts: fc.constantFrom<RawRule>(...facts),
    })
    .map(({ facts: drawnFacts, ...rest }) =>
      compact({
        type: 'sequence',
        ...rest,
        ...drawnFacts,
        allow_late: lateHours > 0 ? `${lateHours}h` : undefined,
      }),
    );
}

/** Sequences, with late arrivals that are looked at as they come. */
export const sequenceCase: fc.Arbitrary<RuleCase> = drawn(0, 4);

/** Sequences that wait for `allow_late`. */
export const lateSequenceCase: fc.Arbitrary<RuleCase> = drawn(3, 3);
