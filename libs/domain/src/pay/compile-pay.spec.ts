import type { JsonObject } from '../json';
import type { Pay } from '../rule-document';
import { formatMoney, type Scope } from '../values';
import { type AmountResult, compilePay } from './compile-pay';

const scope = (data: JsonObject, facts: Record<string, unknown> = {}): Scope => ({
  event: { data },
  vars: {},
  facts,
});
const money = (value: string, currency: string): JsonObject => ({ value, currency });
const factNames = new Set(['late', 'over']);

function amount(
  pay: Partial<Pay>,
  of: Scope,
  units?: bigint,
  customerCurrency?: string,
): AmountResult {
  return compilePay({ as: 'credit', ...pay }, factNames).amount(of, units, customerCurrency);
}

/** `13.00 CNY`, or why not. */
function outcome(result: AmountResult): string {
  switch (result.kind) {
    case 'pay':
      return result.needsReview === undefined
        ? formatMoney(result.money)
        : `${formatMoney(result.money)}, ${result.needsReview}`;
    case 'nothing':
      return 'nothing';
    case 'review':
      return `review: ${result.reason}`;
    case 'undecidable':
      return `undecidable: ${result.path}`;
  }
}

const price = scope({ price: money('19.99', 'USD') });

describe('a fixed amount', () => {
  const each = { fixed: ['5.00 EUR', '30.00 CNY'] };

  it('that is single pays as it stands, whatever the currency of the event', () => {
    const pay = { amount: { fixed: '5.00 EUR' } };
    expect(outcome(amount(pay, scope({ currency: 'USD' })))).toBe('5.00 EUR');
    expect(outcome(amount(pay, scope({})))).toBe('5.00 EUR');
  });

  it.each<[string, JsonObject, string | undefined, string]>([
    ['that of data.currency', { currency: 'CNY' }, 'EUR', '30.00 CNY'],
    ['else that of the customer’s file', {}, 'EUR', '5.00 EUR'],
    ['else review', {}, undefined, 'review: currency_unknown'],
    ['a currency that the list lacks', { currency: 'USD' }, 'EUR', 'review: currency_not_covered'],
    ['a customer in another currency', {}, 'USD', 'review: currency_not_covered'],
  ])('from a list: %s', (_name, data, customer, expected) => {
    expect(outcome(amount({ amount: each }, scope(data), undefined, customer))).toBe(expected);
  });

  it('a list, even of one, is chosen by data.currency', () => {
    const one = { amount: { fixed: ['5.00 EUR'] } };
    expect(outcome(amount(one, scope({ currency: 'USD' })))).toBe('review: currency_not_covered');
    expect(outcome(amount(one, scope({ currency: 'EUR' })))).toBe('5.00 EUR');
  });
});

describe('a percentage', () => {
  it.each([
    [100, '19.99 USD'],
    [50, '10.00 USD'],
    [12.5, '2.50 USD'],
    [33.3, '6.66 USD'],
    [0.1, '0.02 USD'],
    [0.01, 'nothing'],
    [150, '29.99 USD'],
  ])('%d %% of 19.99 USD is %s, rounded half up once', (percent, expected) => {
    expect(outcome(amount({ amount: { percent, of: 'data.price' } }, price))).toBe(expected);
  });

  it.each<[string, JsonObject]>([
    ['absent', {}],
    ['a bare number', { price: 19.99 }],
    ['a text', { price: '19.99 USD' }],
    ['of no known currency', { price: money('19.99', 'XXX') }],
    ['null', { price: null }],
  ])('of something %s pays nothing: undecidable', (_name, data) => {
    const pay = { amount: { percent: 100, of: 'data.price' }, min: '1.00 USD' };
    expect(outcome(amount(pay, scope(data)))).toBe('undecidable: data.price');
  });

  it('may be of a fact', () => {
    const facts = { over: money('10.00', 'CNY') };
    const pay = { amount: { percent: 100, of: 'over' } };
    expect(outcome(amount(pay, scope({}, facts)))).toBe('10.00 CNY');
    expect(outcome(amount(pay, scope({})))).toBe('undecidable: over');
  });

  it('rounds to the minor unit of its currency', () => {
    const half = { amount: { percent: 50, of: 'data.price' } };
    expect(outcome(amount(half, scope({ price: money('5', 'JPY') })))).toBe('3 JPY');
    expect(outcome(amount(half, scope({ price: money('0.001', 'KWD') })))).toBe('0.001 KWD');
  });
});

describe('bands', () => {
  const bands: Pay['amount'] = {
    bands: 'late',
    steps: [
      { from: 10, pay: '4.00 CNY' },
      { from: 30, percent: 50, of: 'data.price', min: '1.00 CNY', max: '8.00 CNY' },
      { from: 20, pay: ['6.00 CNY', '1.00 USD'] },
    ],
  };
  const at = (late: unknown, data: JsonObject = {}): string =>
    outcome(amount({ amount: bands }, scope(data, { late })));
  const priced = (value: string): JsonObject => ({ price: money(value, 'CNY') });

  it.each<[string, unknown, JsonObject, string]>([
    ['below the lowest band: no compensation', 9.99, {}, 'nothing'],
    ['a band holds its lower bound', 10, {}, '4.00 CNY'],
    ['up to the next band’s', 19.999, {}, '4.00 CNY'],
    ['the highest reached counts, in whatever order', 29, { currency: 'USD' }, '1.00 USD'],
    ['a percentage in a band', 30.0, priced('10.00'), '5.00 CNY'],
    ['its own min', 30, priced('0.10'), '1.00 CNY'],
    ['its own max', 1e9, priced('100.00'), '8.00 CNY'],
    ['zero or less before its min', 30, priced('0.00'), 'nothing'],
    ['its percentage of nothing', 30, {}, 'undecidable: data.price'],
    ['a list in a band, no currency', 20, {}, 'review: currency_unknown'],
    ['a fact that is absent', undefined, {}, 'undecidable: late'],
    ['a fact that is no number', '34', {}, 'undecidable: late'],
    ['NaN', NaN, {}, 'undecidable: late'],
  ])('%s', (_name, late, data, expected) => {
    expect(at(late, data)).toBe(expected);
  });
});

describe('min and max', () => {
  const percent = { percent: 10, of: 'data.price' };
  const of = (value: string, currency = 'USD'): Scope => scope({ price: money(value, currency) });

  it.each<[string, Partial<Pay>, Scope, string]>([
    ['min raises', { min: '5.00 USD' }, of('19.99'), '5.00 USD'],
    ['min leaves more', { min: '1.00 USD' }, of('19.99'), '2.00 USD'],
    ['max lowers', { max: '1.50 USD' }, of('19.99'), '1.50 USD'],
    ['max after min', { min: '5.00 USD', max: '3.00 USD' }, of('19.99'), '3.00 USD'],
    ['before rounding', { max: '2.00 USD' }, of('20.049'), '2.00 USD'],
    ['one per currency', { min: ['5.00 USD', '9.00 EUR'] }, of('1.00', 'EUR'), '9.00 EUR'],
    ['zero before min pays nothing', { min: '5.00 USD' }, of('0.00'), 'nothing'],
    ['less than zero before min pays nothing', { min: '5.00 USD' }, of('-3.00'), 'nothing'],
    ['a fraction of a cent is raised to min', { min: '5.00 USD' }, of('0.01'), '5.00 USD'],
    ['less than half a cent is nothing', {}, of('0.04'), 'nothing'],
    ['max of zero pays nothing', { max: '0.00 USD' }, of('19.99'), 'nothing'],
    [
      'a single min of another currency: review',
      { min: '5.00 EUR' },
      of('20.00'),
      '2.00 USD, currency_not_covered',
    ],
    [
      'a single max of another currency: review',
      { max: '5.00 EUR' },
      of('20.00'),
      '2.00 USD, currency_not_covered',
    ],
    [
      'a list that lacks it: review',
      { max: ['5.00 EUR'] },
      of('20.00'),
      '2.00 USD, currency_not_covered',
    ],
    [
      'approve_over of another currency: review',
      { approve_over: '5.00 EUR' },
      of('20.00'),
      '2.00 USD, currency_not_covered',
    ],
  ])('%s', (_name, pay, at, expected) => {
    expect(outcome(amount({ amount: percent, ...pay }, at))).toBe(expected);
  });
});

describe('units settled together', () => {
  it('are one sum on which min, max and rounding work once', () => {
    const pay = { amount: { percent: 50, of: 'data.price' } };
    const cents = scope({ price: money('0.01', 'USD') });
    expect(outcome(amount(pay, cents, 3n))).toBe('0.02 USD');
    expect(outcome(amount({ amount: { fixed: '10.34 GBP' } }, scope({}), 60n))).toBe('620.40 GBP');
    const capped = { amount: { fixed: '10.34 GBP' }, min: '15.00 GBP', max: '50.00 GBP' };
    expect(outcome(amount(capped, scope({}), 1n))).toBe('15.00 GBP');
    expect(outcome(amount(capped, scope({}), 2n))).toBe('20.68 GBP');
    expect(outcome(amount(capped, scope({}), 60n))).toBe('50.00 GBP');
  });

  it('a band’s own bounds belong to the unit', () => {
    const step = { from: 0, percent: 10, of: 'data.price', min: '1.00 USD' };
    const pay = { amount: { bands: 'late', steps: [step] } };
    const at = scope({ price: money('2.00', 'USD') }, { late: 1 });
    expect(outcome(amount(pay, at, 3n))).toBe('3.00 USD');
  });

  it('no unit pays nothing', () => {
    expect(outcome(amount({ amount: { fixed: '5.00 EUR' }, min: '1.00 EUR' }, scope({}), 0n))).toBe(
      'nothing',
    );
  });
});

describe('approval', () => {
  const pay = compilePay(
    { as: 'credit', amount: { fixed: '5.00 EUR' }, approve_over: ['13.00 EUR', '100.00 CNY'] },
    factNames,
  );

  it.each([
    [1300n, 'EUR', { needed: false, why: [{ approval: '13.00 <= 13.00', needed: false }] }],
    [1301n, 'EUR', { needed: true, why: [{ approval: '13.01 > 13.00', needed: true }] }],
    [1301n, 'CNY', { needed: false, why: [{ approval: '13.01 <= 100.00', needed: false }] }],
  ])('more than approve_over: a person decides (%i %s)', (minor, currency, expected) => {
    expect(pay.approval({ minor, currency })).toEqual(expected);
  });

  it('in another currency a person decides', () => {
    expect(pay.approval({ minor: 1n, currency: 'USD' })).toMatchObject({
      needed: true,
      review: 'currency_not_covered',
    });
  });

  it('without approve_over nobody is asked', () => {
    const free = compilePay({ as: 'credit', amount: { fixed: '5.00 EUR' } }, factNames);
    expect(free.approval({ minor: 10n ** 12n, currency: 'EUR' })).toEqual({
      needed: false,
      why: [],
    });
  });
});

describe('an apology alone', () => {
  it('owes nothing', () => {
    expect(amount({ as: 'nothing' }, price)).toEqual({
      kind: 'nothing',
      why: [{ pay: 'nothing' }],
    });
  });
});

describe('why of an amount', () => {
  it('tells the band, what it is a percentage of, and what min and max did', () => {
    const steps = [{ from: 30, percent: 50, of: 'data.price' }];
    const pay = { amount: { bands: 'late', steps }, min: '5.00 USD' };
    const at = scope({ price: money('2.00', 'USD') }, { late: 34 });
    expect(amount(pay, at).why).toEqual([
      { band: 30, percent: 50, of: 'data.price', of_value: '2.00 USD', pay: '5.00 USD' },
      { min: '5.00 USD' },
    ]);
  });

  it('is short for a sum that stands in the rule', () => {
    const steps = [{ from: 30, pay: '13.00 CNY' }];
    const pay = { amount: { bands: 'late', steps } };
    expect(amount(pay, scope({}, { late: 34 })).why).toEqual([{ band: 30, pay: '13.00 CNY' }]);
    expect(amount(pay, scope({}, { late: 4 })).why).toEqual([{ band: null, value: 4 }]);
  });

  it('tells how many units', () => {
    expect(amount({ amount: { fixed: '10.34 GBP' } }, scope({}), 2n).why).toEqual([
      { pay: '20.68 GBP' },
      { units: 2 },
    ]);
  });
});

it('names the paths that the amount is read from', () => {
  const steps = [
    { from: 1, percent: 5, of: 'data.price' },
    { from: 2, pay: ['1.00 EUR'] },
  ];
  expect(compilePay({ as: 'credit', amount: { bands: 'late', steps } }, factNames).paths).toEqual([
    'late',
    'data.price',
    'data.currency',
  ]);
});
