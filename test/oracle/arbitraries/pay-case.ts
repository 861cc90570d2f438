import fc from 'fast-check';
import { HOUR_MS } from './grid';
import { compact, rarely } from './optional';
import type { RawRule } from '../model';
import type { RuleCase } from './rule-case';
import { ruleWith } from './simple-pay';
import { stream, until, untilOf } from './stream';

const detects = [
  { type: 'event', event: 'bad', by: 'subject' },
  { type: 'event', event: 'bad', by: 'subject' },
  { type: 'deadline', start: 'bad', expect: 'right', by: 'subject', due: '1h' },
  { type: 'deadline', start: 'bad', expect: 'done', by: 'data.k', due: '1h', accrue: true },
  {
    type: 'deadline',
    start: 'bad',
    expect: 'done',
    cancel: 'off',
    extend: ['right'],
    by: 'data.k',
    due: '2h',
    accrue: true,
    let: { worth: 'unit + moves + hours(due, start.time)' },
  },
  {
    type: 'deadline',
    start: 'bad',
    expect: 'done',
    cancel: 'off',
    by: 'data.k',
    due: '1h',
    accrue: true,
    let: { worth: 'hours(expect.time, due)' },
  },
];

function drawn(lateHours: number, delayHours: number): fc.Arbitrary<RuleCase> {
  return fc
    .record({
      detect: fc.constantFrom<RawRule>(...detects),
      pay: pay(),
      settle: rarely(fc.constantFrom('each', 'end'), 2),
      limits: rarely(fc.array(limit(), { minLength: 1, maxLength: 3 }), 1),
      skip_if: rarely(skipIf(), 3),
      arrivals: stream({
        types: ['bad', 'bad', 'bad', 'done', 'right', 'off'],
        maxDelayHours: delayHours,
        maxLength: 16,
      }),
      until: until(),
    })
    .map(({ detect, pay: anyPay, settle, limits, skip_if: skip, arrivals, until: hour }) => {
      const drawnPay = detect.let ? byWorth(anyPay) : anyPay;
      const accrue = detect.accrue ? { every: '2h', max: 3 } : undefined;
      const late = lateHours > 0 ? `${lateHours}h` : undefined;
      return {
        rule: ruleWith(
          compact({
            detect: compact({ ...detect, accrue, allow_late: late }),
            skip_if: skip,
            pay: compact({ ...drawnPay, settle: accrue ? settle : undefined }),
            limits,
          }),
        ),
        arrivals,
        untilMs: untilOf(arrivals, hour),
        calendars: {},
        disorderMs: delayHours * HOUR_MS,
      };
    });
}

/** The same, with its bands by the fact that the rule computes. */
function byWorth(pay: RawRule): RawRule {
  return pay.amount?.bands ? { ...pay, amount: { ...pay.amount, bands: 'worth' } } : pay;
}

function skipIf(): fc.Arbitrary<RawRule> {
  return fc
    .record({
      event: fc.constant('right'),
      same: fc.constantFrom('data.g', 'data.n', 'data.s'),
      over: fc.constantFrom('2h', '4h'),
      where: rarely(fc.constant({ 'data.n': { gte: 1 } }), 3),
    })
    .map((one) => [compact(one)]);
}

/** One money, or one per currency with some lacking. */
function monies(...values: string[]): fc.Arbitrary<RawRule> {
  const value = fc.constantFrom(...values);
  return fc.oneof(
    value.map((one) => `${one} EUR`),
    value.map((one) => [`${one} EUR`, `${one.replace(/\..*/, '')} JPY`]),
    value.map((one) => [`${one} EUR`, `${one.replace(/\..*/, '')} JPY`, `${one}0 KWD`]),
  );
}

function pay(): fc.Arbitrary<RawRule> {
  const percent = fc.record({
    percent: fc.constantFrom(100, 50, 33, 12.5),
    of: fc.constant('data.v'),
  });
  const fixed = monies('5.00', '1.00').map((one) => ({ fixed: one }));
  const step = fc.oneof(
    monies('4.00', '2.00').map((one) => ({ pay: one })),
    fc
      .record({
        percent: fc.constantFrom(50, 200),
        of: fc.constant('data.v'),
        min: rarely(fc.constant('1.00 EUR'), 2),
        max: rarely(fc.constant('4.00 EUR'), 3),
      })
      .map(compact),
  );
  const bands = fc.tuple(step, step).map(([low, high]) => ({
    bands: 'data.n',
    steps: [
      { from: 0.5, ...low },
      { from: 2, ...high },
    ],
  }));
  const amount = fc.oneof<fc.Arbitrary<RawRule>[]>(percent, fixed, bands);
  const paying = fc
    .record({
      as: fc.constantFrom('credit', 'voucher'),
      amount,
      min: rarely(monies('1.00', '3.00'), 3),
      max: rarely(monies('2.00', '4.00'), 3),
      approve_over: rarely(monies('2.00', '3.00'), 3),
    })
    .map(compact);
  return fc.oneof(
    { weight: 8, arbitrary: paying as fc.Arbitrary<RawRule> },
    { weight: 1, arbitrary: fc.constant({ as: 'nothing' }) },
  );
}

function limit(): fc.Arbitrary<RawRule> {
  return fc
    .record({
      kind: fc.oneof<fc.Arbitrary<RawRule>[]>(
        fc.constantFrom(1, 2).map((times) => ({ times })),
        monies('5.00', '7.50').map((total) => ({ total })),
      ),
      per: fc.constantFrom('customer', 'rule', 'data.g'),
      over: rarely(fc.constantFrom('2h', '4h'), 2),
      across: rarely(fc.constant('team=drawn'), 4),
      then: fc.constantFrom('skip', 'trim', 'review'),
    })
    .map(({ kind, then, ...rest }) =>
      compact({ ...kind, ...rest, then: kind.times && then === 'trim' ? 'skip' : then }),
    );
}

/** Amounts, bounds, limits and skip_if, on events and on accruing deadlines. */
export const payCase: fc.Arbitrary<RuleCase> = drawn(0, 4);

/** The same where `allow_late` covers the disorder. */
export const latePayCase: fc.Arbitrary<RuleCase> = drawn(3, 3);
