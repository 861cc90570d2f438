import type { Limit } from '../rule-document';
import { formatMoney, type Money, parseMoneyLiteral, type Scope } from '../values';
import { applyLimits, type LimitsOutcome } from './apply-limits';
import { compileLimits, limitSubjects } from './compile-limits';
import type { LimitEntry } from './entries';

const DAY_MS = 86_400_000;
const AT_MS = 1_000 * DAY_MS;
const scope: Scope = {
  event: { customerid: 'c1', data: { order_id: 'o1', number: 1, text: '1', map: {} } },
  vars: {},
  facts: { late: 34 },
};

function money(text: string): Money {
  const literal = parseMoneyLiteral(text);
  if (!literal.ok) throw new Error(text);
  return literal.money;
}

/** `5.00 EUR` so many days before the incident; `word`: an apology without money. */
function entry(daysBefore: number, sum: string): LimitEntry {
  const atMs = AT_MS - daysBefore * DAY_MS;
  return sum === 'word'
    ? { atMs, minor: 0n, currency: null }
    : { atMs, minor: money(sum).minor, currency: money(sum).currency };
}

function apply(limits: Limit[], usages: LimitEntry[][], payout: string | null): LimitsOutcome {
  const compiled = compileLimits({ id: 'r', limits }, new Set(['late']), new Set());
  const queries = limitSubjects(compiled, scope, 'c1');
  return applyLimits(compiled, queries, usages, AT_MS, payout === null ? null : money(payout));
}

/** `5.00 EUR`, `5.00 EUR, review: limit 0`, `skip: limit 0`. */
function said(outcome: LimitsOutcome): string {
  if (outcome.kind === 'skip') return `skip: ${outcome.reason}`;
  const sum = outcome.money ? formatMoney(outcome.money) : 'word';
  return outcome.review === undefined ? sum : `${sum}, review: ${outcome.review}`;
}

const perCustomer = { per: 'customer', over: '30d' };

describe('a limit of times', () => {
  const twice: Limit = { times: 2, ...perCustomer, then: 'skip' };

  it.each<[string, LimitEntry[], string]>([
    ['lets pass below it', [entry(1, '5.00 EUR')], '5.00 EUR'],
    ['is full', [entry(1, '5.00 EUR'), entry(2, '5.00 EUR')], 'skip: limit 0'],
    ['counts words too', [entry(1, 'word'), entry(2, '5.00 EUR')], 'skip: limit 0'],
    ['counts every currency', [entry(1, '1 JPY'), entry(2, '5.00 USD')], 'skip: limit 0'],
    ['forgets what is over its span', [entry(30, '5.00 EUR'), entry(1, '5.00 EUR')], '5.00 EUR'],
    [
      'keeps what is just in it',
      [entry(29.999, '5.00 EUR'), entry(1, '5.00 EUR')],
      'skip: limit 0',
    ],
    ['counts the same instant', [entry(0, '5.00 EUR'), entry(0, '5.00 EUR')], 'skip: limit 0'],
    [
      'counts later incidents in a span with it',
      [entry(-1, '5.00 EUR'), entry(-29, '5.00 EUR')],
      'skip: limit 0',
    ],
    ['but only those in one span', [entry(-15, '5.00 EUR'), entry(16, '5.00 EUR')], '5.00 EUR'],
    [
      'an older and a later one in one span',
      [entry(-15, '5.00 EUR'), entry(14, '5.00 EUR')],
      'skip: limit 0',
    ],
  ])('%s', (_name, entries, expected) => {
    expect(said(apply([twice], [entries], '5.00 EUR'))).toBe(expected);
  });

  it('without over counts for ever', () => {
    const ever: Limit = { times: 1, per: 'customer', then: 'skip' };
    expect(said(apply([ever], [[entry(9_000, 'word')]], '5.00 EUR'))).toBe('skip: limit 0');
    expect(said(apply([ever], [[entry(-9_000, 'word')]], '5.00 EUR'))).toBe('skip: limit 0');
  });

  it('holds back words too', () => {
    expect(said(apply([twice], [[entry(1, 'word'), entry(2, 'word')]], null))).toBe(
      'skip: limit 0',
    );
    expect(said(apply([twice], [[entry(1, 'word')]], null))).toBe('word');
  });

  it('sends to review, or skips where trimming leaves nothing', () => {
    const full = [[entry(1, 'word'), entry(2, 'word')]];
    expect(said(apply([{ ...twice, then: 'review' }], full, '5.00 EUR'))).toBe(
      '5.00 EUR, review: limit 0',
    );
    expect(said(apply([{ ...twice, then: 'trim' }], full, '5.00 EUR'))).toBe('skip: limit 0');
  });
});

describe('a limit of money', () => {
  const total: Limit = { total: ['40.00 EUR', '100.00 CNY'], ...perCustomer, then: 'trim' };
  const used = [entry(1, '26.00 EUR'), entry(2, '90.00 CNY'), entry(40, '99.00 EUR')];

  it.each<[string, Limit['then'], string | null, string]>([
    ['lets pass what fits to the cent', 'skip', '14.00 EUR', '14.00 EUR'],
    ['one cent more is too much', 'skip', '14.01 EUR', 'skip: limit 0'],
    ['trim pays what is left', 'trim', '14.01 EUR', '14.00 EUR'],
    ['counts each currency by itself', 'trim', '12.00 CNY', '10.00 CNY'],
    ['review keeps the sum', 'review', '14.01 EUR', '14.01 EUR, review: limit 0'],
    [
      'a currency that the list lacks: review',
      'skip',
      '1.00 USD',
      '1.00 USD, review: currency_not_covered',
    ],
    ['a word costs nothing', 'skip', null, 'word'],
  ])('%s', (_name, then, payout, expected) => {
    expect(said(apply([{ ...total, then }], [used], payout))).toBe(expected);
  });

  it('a single total of another currency: review', () => {
    const single: Limit = { total: '40.00 EUR', ...perCustomer, then: 'skip' };
    expect(said(apply([single], [[]], '1.00 CNY'))).toBe('1.00 CNY, review: currency_not_covered');
  });

  it('with nothing left to trim to, skips', () => {
    expect(said(apply([total], [[entry(1, '40.00 EUR')]], '5.00 EUR'))).toBe('skip: limit 0');
    expect(said(apply([total], [[entry(1, '41.00 EUR')]], '5.00 EUR'))).toBe('skip: limit 0');
  });
});

describe('several limits', () => {
  const trim: Limit = { total: '10.00 EUR', ...perCustomer, then: 'trim' };
  const skip: Limit = { times: 1, ...perCustomer, then: 'skip' };
  const review: Limit = { times: 1, per: 'rule', over: '30d', then: 'review' };
  const once = [entry(1, '4.00 EUR')];

  it('are looked at in list order: a later limit sees the trimmed sum', () => {
    const six: Limit = { total: '6.00 EUR', per: 'rule', then: 'skip' };
    expect(said(apply([trim, six], [once, []], '9.00 EUR'))).toBe('6.00 EUR');
    expect(said(apply([six, trim], [[], once], '9.00 EUR'))).toBe('skip: limit 0');
  });

  it('a trim is undone if a later limit skips', () => {
    const outcome = apply([trim, skip], [once, once], '9.00 EUR');
    expect(said(outcome)).toBe('skip: limit 1');
    expect(outcome).not.toHaveProperty('money');
  });

  it('a review lets later limits be looked at; a skip wins', () => {
    expect(said(apply([review, skip], [once, once], '5.00 EUR'))).toBe('skip: limit 1');
    expect(said(apply([review, trim], [once, once], '9.00 EUR'))).toBe('6.00 EUR, review: limit 0');
    expect(said(apply([review, review], [once, once], '5.00 EUR'))).toBe(
      '5.00 EUR, review: limit 0',
    );
  });

  it('a limit whose path is absent: review, and later limits are looked at', () => {
    const absent: Limit = { times: 1, per: 'data.none', then: 'skip' };
    expect(said(apply([absent], [[]], '5.00 EUR'))).toBe('5.00 EUR, review: data.none absent');
    expect(said(apply([absent, skip], [[], once], '5.00 EUR'))).toBe('skip: limit 1');
  });

  it('tell what they found', () => {
    expect(apply([skip, trim], [[], once], '9.00 EUR').why).toEqual([
      { limit: 0, used: 0, left: 1, ok: true },
      { limit: 1, used: '4.00', left: '6.00', trimmed: '6.00', ok: true },
    ]);
    expect(apply([skip], [once], '9.00 EUR').why).toEqual([
      { limit: 0, used: 1, left: 0, ok: false },
    ]);
  });

  it('without any, all passes', () => {
    expect(apply([], [], '5.00 EUR')).toEqual({ kind: 'pass', money: money('5.00 EUR'), why: [] });
  });
});

describe('whose entries a limit counts', () => {
  const subjects = (limits: Limit[]): unknown[] =>
    limitSubjects(compileLimits({ id: 'r', limits }, new Set(['late']), new Set()), scope, 'c1');

  it('is the rule’s own, or shared by all rules with a label', () => {
    const once = { times: 1, then: 'skip' } as const;
    expect(
      subjects([
        { ...once, per: 'customer', over: '30d' },
        { ...once, per: 'rule', over: '1d' },
        { ...once, per: 'data.order_id', across: 'team=delivery' },
      ]),
    ).toEqual([
      { index: 0, scope: 'rule:r', per: 'customer', subject: 'c1', overMs: 30 * DAY_MS },
      { index: 1, scope: 'rule:r', per: 'rule', subject: '*', overMs: DAY_MS },
      {
        index: 2,
        scope: 'label:team=delivery',
        per: 'data.order_id',
        subject: '"o1"',
        overMs: null,
      },
    ]);
  });

  it('a path may name a fact; 1 and "1" are two; a map is nobody', () => {
    const limit = (per: string): Limit => ({ times: 1, per, then: 'skip' });
    const found = subjects(
      ['late', 'data.number', 'data.text', 'data.map', 'customerid'].map(limit),
    );
    expect(found.map((query) => (query as { subject: unknown }).subject)).toEqual([
      '34',
      '1',
      '"1"',
      undefined,
      '"c1"',
    ]);
  });
});
