import { e, type EdgeCase, event } from './edge-case';

const money = (value: string, currency = 'EUR'): unknown => ({ value, currency });
const paying = (pay: object, more: object = {}): unknown =>
  event({}, { pay: { as: 'credit', ...pay }, ...more });
const limited = (...limits: object[]): unknown =>
  paying({ amount: { percent: 100, of: 'data.v' } }, { limits });
const amounts = (...values: string[]): unknown[] =>
  values.map((value, index) => e(`${index}h`, 'bad', { k: `k${index}`, v: money(value) }));
const one = (
  sentence: string,
  name: string,
  pay: object,
  data: object,
  outcome: string,
): EdgeCase => ({
  sentence,
  name,
  rule: paying(pay),
  events: [e('0h', 'bad', data)],
  until: '1h',
  expect: [`c 0h: ${outcome}`],
});
const many = (
  sentence: string,
  name: string,
  rule: unknown,
  events: unknown[],
  expect: string[],
): EdgeCase => ({ sentence, name, rule, events, until: '9d', expect });

const half = { percent: 50, of: 'data.v' };
const whole = { percent: 100, of: 'data.v' };
const bands = {
  bands: 'data.late',
  steps: [
    { from: 10, pay: '4.00 EUR' },
    { from: 30, percent: 50, of: 'data.v', min: '1.00 EUR' },
  ],
};
const halfUp = 'round half up once, to the currency’s minor unit';
const spans = 'no span (t − over, t] by incident time may hold more';

/** What RULES.md says of amounts, limits and skip_if, in small. */
export const payEdges: EdgeCase[] = [
  one(halfUp, 'up', { amount: half }, { v: money('0.05') }, '0.03 EUR'),
  one(halfUp, 'yen have no minor unit', { amount: half }, { v: money('5', 'JPY') }, '3 JPY'),
  one(halfUp, 'dinars have three', { amount: half }, { v: money('0.005', 'KWD') }, '0.003 KWD'),
  one(
    halfUp,
    'down to nothing',
    { amount: { percent: 10, of: 'data.v' } },
    {
      v: money('0.04'),
    },
    'nothing',
  ),
  one(
    'A band holds its lower bound',
    '30.0',
    { amount: bands },
    { late: 30, v: money('9.00') },
    '4.50 EUR',
  ),
  one(
    'A band holds its lower bound',
    'just under',
    { amount: bands },
    {
      late: 29.9,
      v: money('9.00'),
    },
    '4.00 EUR',
  ),
  one(
    'Below the lowest band: an incident without compensation',
    '',
    { amount: bands },
    {
      late: 9,
    },
    'nothing',
  ),
  one(
    'An `of` that is absent or no money pays nothing',
    'in a band with a min',
    {
      amount: bands,
    },
    { late: 30, v: 9 },
    'nothing',
  ),
  one(
    'An amount of zero or less *before* `min` pays nothing',
    '',
    {
      amount: whole,
      min: '1.00 EUR',
    },
    { v: money('0.00') },
    'nothing',
  ),
  one(
    'amount → min → max',
    'min',
    { amount: whole, min: '1.00 EUR' },
    {
      v: money('0.10'),
    },
    '1.00 EUR',
  ),
  one(
    'amount → min → max',
    'max wins over min',
    {
      amount: whole,
      min: '3.00 EUR',
      max: '2.00 EUR',
    },
    { v: money('1.00') },
    '2.00 EUR',
  ),
  one(
    'A single `fixed` pays as it stands',
    '',
    { amount: { fixed: '5.00 EUR' } },
    {
      currency: 'USD',
    },
    '5.00 EUR',
  ),
  one(
    'a list, even of one, by `data.currency`',
    '',
    { amount: { fixed: ['5.00 EUR'] } },
    {
      currency: 'USD',
    },
    'review',
  ),
  one(
    'a list, even of one, by `data.currency`',
    'found',
    {
      amount: { fixed: ['5.00 EUR', '6.00 USD'] },
    },
    { currency: 'USD' },
    '6.00 USD',
  ),
  one(
    'A single min, max, total or approve_over of another currency: review',
    'max',
    {
      amount: whole,
      max: '2.00 USD',
    },
    { v: money('1.00') },
    'review',
  ),
  one(
    'A single min, max, total or approve_over of another currency: review',
    'approve_over',
    {
      amount: whole,
      approve_over: '2.00 USD',
    },
    { v: money('1.00') },
    'review',
  ),
  one(
    'a currency that the list lacks goes to review',
    'min',
    {
      amount: whole,
      min: ['2.00 USD', '2.00 CNY'],
    },
    { v: money('1.00') },
    'review',
  ),
  one(
    'More than `approve_over`: a person decides',
    'exactly as much is paid',
    {
      amount: whole,
      approve_over: '2.00 EUR',
    },
    { v: money('2.00') },
    '2.00 EUR',
  ),
  one(
    'More than `approve_over`: a person decides',
    'a cent more',
    {
      amount: whole,
      approve_over: '2.00 EUR',
    },
    { v: money('2.01') },
    'review',
  ),
  many(
    spans,
    'at most two in two hours',
    limited({ times: 2, per: 'customer', over: '2h', then: 'skip' }),
    amounts('1.00', '1.00', '1.00', '1.00'),
    ['c 0h: 1.00 EUR', 'c 1h: 1.00 EUR', 'c 2h: 1.00 EUR', 'c 3h: 1.00 EUR'],
  ),
  many(
    spans,
    'a skipped one does not count',
    limited({ times: 1, per: 'customer', over: '2h', then: 'skip' }),
    amounts('1.00', '1.00', '1.00'),
    ['c 0h: 1.00 EUR', 'c 1h: skipped', 'c 2h: 1.00 EUR'],
  ),
  many(
    spans,
    'a late incident stands in the span of a later one',
    limited({ times: 1, per: 'customer', over: '2h', then: 'skip' }),
    [e('3h', 'bad', { k: 1, v: money('1.00') }), e('2h', 'bad', { k: 2, v: money('1.00') })],
    ['c 3h: 1.00 EUR', 'c 2h: skipped'],
  ),
  many(
    '`trim` pays what is left',
    'and then there is nothing left',
    limited({ total: '2.50 EUR', per: 'rule', then: 'trim' }),
    amounts('1.00', '2.00', '1.00'),
    ['c 0h: 1.00 EUR', 'c 1h: 1.50 EUR', 'c 2h: skipped'],
  ),
  many(
    'What waits for approval or is held **reserves**',
    'so that nothing is left for the next',
    limited(
      { total: '1.00 EUR', per: 'rule', then: 'review' },
      { times: 2, per: 'customer', then: 'skip' },
    ),
    amounts('0.50', '1.00', '0.50'),
    ['c 0h: 0.50 EUR', 'c 1h: review', 'c 2h: skipped'],
  ),
  many(
    'A review lets later limits be looked at; a skip wins',
    '',
    limited(
      { times: 1, per: 'customer', then: 'review' },
      { times: 1, per: 'customer', then: 'skip' },
    ),
    amounts('1.00', '1.00'),
    ['c 0h: 1.00 EUR', 'c 1h: skipped'],
  ),
  many(
    'A limit whose `per` path is absent … review',
    '',
    limited({ times: 1, per: 'data.none', then: 'skip' }),
    amounts('1.00'),
    ['c 0h: review'],
  ),
  many(
    'One list for cool-down, cap, once-per-order',
    'per path',
    limited({ times: 1, per: 'data.v.value', then: 'skip' }),
    amounts('1.00', '1.00', '2.00'),
    ['c 0h: 1.00 EUR', 'c 1h: skipped', 'c 2h: 2.00 EUR'],
  ),
  many(
    'What is counted is a payout paid or reserved, or an `as: nothing` apology',
    'apologies',
    event({}, { pay: { as: 'nothing' }, limits: [{ times: 1, per: 'customer', then: 'skip' }] }),
    amounts('1.00', '1.00'),
    ['c 0h: nothing', 'c 1h: skipped'],
  ),
  many(
    'What is counted is a payout paid or reserved',
    'what pays nothing is not counted',
    limited({ times: 1, per: 'customer', then: 'skip' }),
    amounts('0.00', '1.00'),
    ['c 0h: nothing', 'c 1h: 1.00 EUR'],
  ),
  many(
    'A single min, max, total or approve_over of another currency: review',
    'total',
    limited({ total: '9.00 USD', per: 'rule', then: 'skip' }),
    amounts('1.00'),
    ['c 0h: review'],
  ),
  many(
    'skip_if’s span is (clock − over, clock] at the decision',
    'one minute inside, and exactly at the open end',
    event({}, { skip_if: [{ event: 'refund', same: 'data.o', over: '2h' }] }),
    [
      e('0h', 'refund', { o: 1 }),
      e('1h', 'refund', { o: 2 }),
      e('2h', 'bad', { k: 'a', o: 1 }),
      e('2h', 'bad', { k: 'b', o: 2 }),
      e('2h', 'bad', { k: 'c', o: '2' }),
      e('2h', 'bad', { k: 'd' }),
    ],
    ['c 2h: 5.00 EUR', 'c 2h: skipped', 'c 2h: 5.00 EUR', 'c 2h: review'],
  ),
];
