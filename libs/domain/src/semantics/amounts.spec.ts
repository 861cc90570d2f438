import type { Limit, Pay, SkipIf } from '../rule-document';
import { play, rule, type Told } from './play';

const event = { type: 'event', event: 'failed', by: 'data.n' };
const price = { percent: 100, of: 'data.price' };
const money = (value: string, currency = 'EUR') => ({ value, currency });

/** What each incident came to: a sum, or what became of it. */
function outcomes(rest: object, events: readonly Told[], detect: object = event): string[] {
  const compiled = rule(detect, rest);
  return play(compiled, events).flatMap(({ payments }) =>
    payments.map(({ outcome, amount }) => (outcome === 'paid' ? (amount ?? '') : outcome)),
  );
}

type PayRow = readonly [sentence: string, pay: Partial<Pay>, data: object, outcome: string];

const HALF = '500000000000000.00 EUR';

const PAY: readonly PayRow[] = [
  ['round half up', { amount: { percent: 50, of: 'data.price' } }, money('0.01'), '0.01 EUR'],
  ['to the minor unit: yen', { amount: { ...price, percent: 50 } }, money('101', 'JPY'), '51 JPY'],
  ['three digits', { amount: { ...price, percent: 10 } }, money('1.235', 'KWD'), '0.124 KWD'],
  ['zero or less pays nothing', {}, money('-5.00'), 'nothing'],
  ['zero or less before min pays nothing', { min: '1.00 EUR' }, money('0.00'), 'nothing'],
  ['what is owed is raised to min', { min: '1.00 EUR' }, money('0.01'), '1.00 EUR'],
  ['a single max of another currency', { max: '1.00 EUR' }, money('5', 'USD'), 'review'],
  ['more than approve_over', { approve_over: '10.00 EUR' }, money('10.01'), 'review'],
  ['exactly approve_over', { approve_over: '10.00 EUR' }, money('10.00'), '10.00 EUR'],
  ['approve_over sees what is rounded', { approve_over: '10 EUR' }, money('10.004'), '10.00 EUR'],
  ['no exponent is money', {}, money('1e3'), 'nothing'],
  ['huge sums', { amount: { ...price, percent: 50 } }, money('999999999999999.99'), HALF],
  ['a list, even of one', { amount: { fixed: ['5.00 EUR'] } }, money('1'), 'review'],
  ['a single fixed pays as it stands', { amount: { fixed: '5.00 USD' } }, money('1'), '5.00 USD'],
];

type LimitRow = readonly [sentence: string, Limit, hoursOfEvents: number[], string[]];

const once = { times: 1, per: 'customer', over: '1d' } as const;
const ten = { total: '10.00 EUR', per: 'customer' } as const;

const FIRST_ONLY = ['6', 'skipped'];

const LIMITS: readonly LimitRow[] = [
  ['(t − over, t] leaves out its beginning', { ...once, then: 'skip' }, [0, 24], ['6', '6']],
  ['one within the span', { ...once, then: 'skip' }, [0, 23], ['6', 'skipped']],
  ['no span may hold more, an earlier one either', { ...once, then: 'skip' }, [23, 0], FIRST_ONLY],
  ['`over` absent: for ever', { times: 1, per: 'rule', then: 'skip' }, [0, 600], FIRST_ONLY],
  ['trim pays what is left', { ...ten, then: 'trim' }, [0, 1, 2], ['6', '4', 'skipped']],
  ['a total that skips', { ...ten, then: 'skip' }, [0, 1], ['6', 'skipped']],
  ['a total that asks', { ...ten, then: 'review' }, [0, 1], ['6', 'review']],
  ['`per` path absent: review', { times: 9, per: 'data.x', then: 'skip' }, [0], ['review']],
];

type SkipRow = readonly [sentence: string, Partial<SkipIf>, refundAt: number, at: number, string];

const SKIPS: readonly SkipRow[] = [
  ['put right before', {}, 0, 1, 'skipped'],
  ['(clock − over, clock] leaves out its beginning', {}, 0, 24, '5.00 EUR'],
  ['and holds its end', {}, 1, 1, 'skipped'],
  ['`same` absent in the incident’s event', { same: 'data.x' }, 0, 1, 'review'],
  ['`where` asks the event found', { where: { 'data.ok': true } }, 0, 1, '5.00 EUR'],
];

test.each(PAY)('pay: %s', (_sentence, more, of, outcome) => {
  const pay = { as: 'credit', amount: price, ...more };
  const events = [{ type: 'failed', at: 0, data: { n: 1, price: of } }];
  expect(outcomes({ pay }, events)).toEqual([outcome]);
});

test.each(LIMITS)('limits: %s', (_sentence, limit, at, expected) => {
  const pay = { as: 'credit', amount: price };
  const data = { price: money('6.00') };
  const events = at.map((hour, n) => ({ type: 'failed', at: hour, data: { ...data, n } }));
  const sums = outcomes({ pay, limits: [limit] }, events);
  expect(sums.map((one) => one.replace('.00 EUR', ''))).toEqual(expected);
});

test.each(SKIPS)('skip_if: %s', (_sentence, more, refundAt, at, outcome) => {
  const skip = { event: 'refunded', same: 'data.order', over: '1d', ...more };
  const events = [
    { type: 'refunded', at: refundAt },
    { type: 'failed', at, data: { n: 1 } },
  ];
  expect(outcomes({ skip_if: [skip] }, events)).toEqual([outcome]);
});

test('a trimmed payout is what the next limit sees', () => {
  const limits = [
    { ...ten, then: 'trim' },
    { ...ten, per: 'rule', then: 'skip' },
  ];
  const data = { price: money('6.00') };
  const events = [0, 1].map((at) => ({ type: 'failed', at, data: { ...data, n: at } }));
  const pay = { as: 'credit', amount: price };
  expect(outcomes({ pay, limits }, events)).toEqual(['6.00 EUR', '4.00 EUR']);
});

test('facts: CEL’s string() and int() take timestamps, as `due`', () => {
  const facts = { said: 'string(due)', at: 'int(due)' };
  const where = { said: '2026-03-01T02:00:00Z', at: 1_772_330_400 };
  const deadline = { type: 'deadline', start: 'failed', expect: 'done', due: '2h' };
  const events = [{ type: 'failed', at: 0 }];
  expect(outcomes({}, events, { ...deadline, let: facts, where })).toEqual(['5.00 EUR']);
});
