import fc from 'fast-check';
import { conditions } from './conditions';
import { HOUR_MS } from './grid';
import { compact, rarely } from './optional';
import type { RawRule } from '../model';
import type { RuleCase } from './rule-case';
import { ruleWith, simplePay } from './simple-pay';
import { someOf, stream, until, untilOf } from './stream';

const types = ['start', 'start', 'again', 'beat', 'done', 'off', 'more', 'more', 'tick'];
const facts = [
  {},
  {},
  {},
  {},
  { let: { span: 'hours(due, time)' }, where: { span: { gte: 2 } } },
  { let: { span: 'start.data.n + 0.5' }, where: { span: { lt: 2 }, moves: 0 } },
];
const calendars = {
  whole: { time_zone: 'Europe/London', working_days: [1, 2, 3, 4, 5, 7], holidays: [] },
  hours: {
    time_zone: 'UTC',
    working_days: [1, 2, 3, 4, 5, 6, 7],
    holidays: ['2026-03-02'],
    hours: { from: '03:00', to: '08:00' },
  },
};

function drawn(lateHours: number, delayHours: number): fc.Arbitrary<RuleCase> {
  return fc
    .record({
      detect: detect(lateHours),
      pay: simplePay(),
      settle: rarely(fc.constantFrom('each', 'end'), 2),
      arrivals: stream({ types, maxDelayHours: delayHours }),
      until: until(),
    })
    .map(({ detect: drawnDetect, pay, settle, arrivals, until: hour }) => ({
      rule: ruleWith({
        detect: drawnDetect,
        pay: compact({ ...pay, settle: drawnDetect.accrue ? settle : undefined }),
      }),
      arrivals,
      untilMs: untilOf(arrivals, hour),
      calendars,
      disorderMs: delayHours * HOUR_MS,
    }));
}

function detect(lateHours: number): fc.Arbitrary<RawRule> {
  return fc
    .record({
      start: fc.oneof(fc.constant(['start']), someOf('start', 'again', 'beat')),
      expect: fc.oneof(fc.constant(['done']), someOf('done', 'beat')),
      cancel: rarely(fc.constant('off'), 2),
      extend: rarely(someOf('more', 'again'), 2),
      by: fc.constant('data.k'),
      due: fc.constantFrom('2h', '3h', '0h', 'data.due', 'data.due'),
      grace: rarely(fc.constantFrom('1h', '2h'), 3),
      calendar: rarely(fc.constantFrom('whole', 'hours'), 8),
      facts: fc.constantFrom<RawRule>(...facts),
      where: rarely(conditions(), 6),
      broken_if: rarely(fc.constantFrom(1, 2), 2),
      extra: fc.constantFrom<string[]>(['accrue'], ['repeat'], ['accrue', 'repeat'], [], []),
      accrue: fc.record({
        every: fc.constantFrom('1h', '2h'),
        max: fc.integer({ min: 1, max: 4 }),
      }),
      repeat: fc
        .record({
          times: fc.integer({ min: 2, max: 3 }),
          over: fc.constantFrom('3h', '6h', '30d'),
          by: rarely(fc.constantFrom('data.g', 'customerid'), 2),
        })
        .map(compact),
    })
    .map(({ extra, accrue, repeat, broken_if: moves, extend, facts: drawnFacts, ...rest }) =>
      compact({
        type: 'deadline',
        ...rest,
        ...drawnFacts,
        extend,
        broken_if: extend && moves ? { moves: { gte: moves } } : undefined,
        accrue: extra.includes('accrue') ? accrue : undefined,
        repeat: extra.includes('repeat') ? repeat : undefined,
        allow_late: lateHours > 0 ? `${lateHours}h` : undefined,
      }),
    );
}

/** Deadlines, with disorder that no lateness covers: early, late, refuting, repeated. */
export const deadlineCase: fc.Arbitrary<RuleCase> = drawn(0, 4);

/** Deadlines whose `allow_late` covers the disorder. */
export const lateDeadlineCase: fc.Arbitrary<RuleCase> = drawn(3, 3);

/** Deadlines with neither lateness nor disorder. */
export const orderlyDeadlineCase: fc.Arbitrary<RuleCase> = drawn(0, 0);
