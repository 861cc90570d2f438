import { parseRule } from './parse-rule';
import { EXAMPLES } from './rule-examples-spec';
import {
  amount,
  deadline,
  deadlineDetect,
  detect,
  eventDetect,
  eventRule,
  limits,
  many,
  manyConditions,
  mistakes,
  nested,
  pay,
  sequence,
  test,
  where,
  window,
  windowDetect,
} from './rule-fixtures';

describe('parseRule', () => {
  it.each(EXAMPLES)('takes the example %s', (_name, text) => {
    expect(parseRule(text, { contentType: 'yaml' })).toMatchObject({ ok: true });
  });

  it('gives the document back as it was written', () => {
    const document = eventRule();
    const parsed = parseRule(JSON.stringify(document), { contentType: 'json' });
    expect(parsed).toEqual({ ok: true, document, lints: [] });
  });

  it.each([
    detect(eventDetect()),
    window({}),
    sequence({}),
    deadline({}),
    deadline({ due: '3d', grace: '30m', calendar: 'uk-working-days' }),
    deadline({ let: { soon: 'timestamp(data.at) + duration("30m")' }, due: 'soon' }),
    deadline({ due: 'start.data.promised_by' }),
    deadline({
      extend: ['a.b'],
      broken_if: { moves: { gte: 2 } },
      repeat: { times: 2, over: '30d' },
    }),
    window({ measure: { ratio: ['data.a', 'data.b'] }, min_events: 3 }),
    window({ measure: { share: { 'data.ok': false } }, min_events: 3 }),
    window({ measure: { sum: 'data.price' }, is: { gt: '50.00 EUR', lt: { field: 'data.max' } } }),
    where({}),
    where({ 'data.a': { field: 'data.b' }, not: { 'data.c': { in: ['a', 1, true] } } }),
    where({ 'data.at': { gte: '2026-03-01T00:00:00Z' }, 'data.x': { exists: false } }),
    amount({ percent: 12.5, of: 'data.price' }),
    pay({ min: '1.00 EUR', max: ['9.00 EUR', '9.00 USD'], approve_over: '0.00 EUR' }),
    eventRule({ pay: { as: 'nothing' } }),
    eventRule({
      detect: deadlineDetect({ accrue: { every: '1d', max: 3 } }),
      pay: { as: 'nothing', settle: 'end' },
    }),
    eventRule({
      pay: { as: 'refund', payment: 'data.payment_id', amount: { percent: 100, of: 'data.price' } },
    }),
    eventRule({ labels: { team: 'delivery' }, note: 'why' }),
    limits({ total: ['40.00 EUR'], per: 'data.order_id', across: 'team=delivery', then: 'trim' }),
    test({
      expect: [{ pay: 'skipped' }, { pay: 'nothing', refuted: true }, { at: '1h', customer: 'c' }],
    }),
    eventRule({
      detect: deadlineDetect({
        let: { late: 'minutes(expect.time, due)' },
        accrue: { every: '1d', max: 3 },
      }),
      pay: {
        as: 'credit',
        amount: { bands: 'late', steps: [{ from: 0, pay: '1.00 EUR' }] },
        settle: 'end',
      },
    }),
    where(nested(7)),
    where(manyConditions(500)),
  ])('takes %#', (document) => {
    expect(mistakes(document)).toEqual([]);
  });

  it.each<[what: string, document: unknown, expected: string[]]>([
    ['no object', [], ['wrong_type ']],
    ['null', null, ['null_value ']],
    [
      'nothing in it',
      {},
      ['missing_key ', 'missing_key ', 'missing_key ', 'missing_key ', 'missing_key '],
    ],
    ['another kind', eventRule({ kind: 'rule' }), ['unknown_value /kind']],
    ['an id with capitals', eventRule({ id: 'Late' }), ['bad_id /id']],
    ['an id of 64 characters', eventRule({ id: 'a'.repeat(64) }), ['too_long /id']],
    ['a number for an id', eventRule({ id: 7 }), ['wrong_type /id']],
    ['a blank title', eventRule({ title: ' ' }), ['empty_text /title']],
    ['null for what is optional', eventRule({ limits: null }), ['null_value /limits']],
    [
      'unknown keys',
      eventRule({ limit: [], paay: 1 }),
      ['unknown_key /limit', 'unknown_key /paay'],
    ],
    [
      'a wrong label',
      eventRule({ labels: { Team: 'a', x: 1 } }),
      ['bad_name /labels/Team', 'wrong_type /labels/x'],
    ],
    ['a prototype key', JSON.parse('{"__proto__":{}}'), ['forbidden_key /__proto__']],
  ])('finds every mistake: %s', (_what, document, expected) => {
    expect(mistakes(document)).toEqual(expected);
  });

  it('finds mistakes of all blocks at once', () => {
    const found = mistakes({
      kind: 'Rule',
      id: 'X',
      title: 'a',
      detect: windowDetect({ over: 1, measure: { avg: 'price' } }),
      pay: { as: 'refund', amount: { fixed: 5 } },
      limits: [{ per: 'customers', then: 'trim' }],
      extra: 1,
    });
    expect(found.map((line) => line.split(' ')[0]).sort()).toEqual([
      'bad_id',
      'bare_number_money',
      'limit_kind',
      'min_events_required',
      'payment_required',
      'unknown_field',
      'unknown_field',
      'unknown_key',
      'wrong_type',
    ]);
  });

  it('lists no more than 500 mistakes', () => {
    const parsed = parseRule(
      eventRule({ limits: many(50, Object.fromEntries(many(20, 0).map((_, i) => [`k${i}`, 1]))) }),
      { contentType: 'json' },
    );
    expect(parsed.ok || parsed.problems.length).toBe(501);
    expect(parsed.ok || parsed.problems.at(-1)?.code).toBe('too_many_problems');
  });
});
