import {
  amount,
  deadline,
  deadlineDetect,
  detect,
  eventDetect,
  eventRule,
  facts,
  limits,
  many,
  mistakes,
  sequence,
  where,
  window,
} from './rule-fixtures';

describe('mistakes in paths and facts', () => {
  it.each<[what: string, document: unknown, expected: string[]]>([
    [
      'unknown roots',
      where({ lat: 1, 'data.x': { gt: { field: 'order' } }, any: [{ foo: 1 }] }),
      [
        'unknown_field /detect/where/lat',
        'unknown_field /detect/where/data.x/gt/field',
        'unknown_field /detect/where/any/0/foo',
      ],
    ],
    ['parts of a scalar', where({ 'subject.x': 1 }), ['unknown_field /detect/where/subject.x']],
    ['an unknown key', detect(eventDetect({ by: 'order_id' })), ['unknown_field /detect/by']],
    ['an unknown amount', amount({ percent: 10, of: 'price' }), ['unknown_field /pay/amount/of']],
    [
      'unknown bands',
      amount({ bands: 'lateness', steps: [{ from: 1, pay: '1.00 EUR' }] }),
      ['unknown_field /pay/amount/bands'],
    ],
    [
      'an unknown per',
      limits({ times: 1, per: 'order', then: 'skip' }),
      ['unknown_field /limits/0/per'],
    ],
    [
      'the name of every object',
      where({ constructor: 1 }),
      ['forbidden_key /detect/where/constructor'],
    ],
    [
      'another name of every object',
      where({ toString: 1 }),
      ['unknown_field /detect/where/toString'],
    ],
    [
      'a variable of another type',
      where({ moves: 1, step1: 1 }),
      ['unknown_field /detect/where/moves', 'unknown_field /detect/where/step1'],
    ],
    [
      'a step too many',
      sequence({ where: { 'step3.data.x': 1 } }),
      ['unknown_field /detect/where/step3.data.x'],
    ],
    [
      'the measure before it is measured',
      window({ where: { value: 3 } }),
      ['name_not_available /detect/where/value'],
    ],
    [
      'facts in a step',
      sequence({
        let: { a: 'data.x + 1' },
        steps: ['a.b', { event: 'c.d', where: { a: 1 } }],
      }),
      ['name_not_available /detect/steps/1/where/a'],
    ],
    [
      'facts in history',
      eventRule({
        skip_if: [{ event: 'refund.issued', same: 'late', over: '1d', where: { late: 1 } }],
      }),
      ['name_not_available /skip_if/0/same', 'name_not_available /skip_if/0/where/late'],
    ],
    [
      'a due computed from what comes after it',
      deadline({ let: { soon: 'due', much: 'expect.data.at' }, due: 'soon', extend: 'x' }),
      ['name_not_available /detect/due'],
    ],
    [
      'a due that is no instant',
      deadline({ let: { soon: 'time == "x"' }, due: 'soon' }),
      ['fact_type /detect/due'],
    ],
    [
      'a due that reads the event it waits for',
      deadline({ due: 'expect.data.at' }),
      ['needs_expect /detect/due'],
    ],
    [
      'unit without accrual',
      eventRule({
        detect: deadlineDetect(),
        pay: { as: 'credit', amount: { bands: 'unit', steps: [{ from: 1, pay: '1.00 EUR' }] } },
      }),
      ['name_not_available /pay/amount/bands'],
    ],
    [
      'what has not come',
      eventRule({
        detect: deadlineDetect({
          let: { late: 'minutes(expect.time, due)', much: 'late > 3.0' },
          where: { much: true },
        }),
        pay: { as: 'credit', amount: { bands: 'late', steps: [{ from: 1, pay: '1.00 EUR' }] } },
      }),
      ['needs_expect /detect/where/much', 'needs_expect /pay/amount/bands'],
    ],
    [
      'a refund of what has not come',
      eventRule({
        detect: deadlineDetect(),
        pay: {
          as: 'refund',
          payment: 'expect.data.payment_id',
          amount: { percent: 10, of: 'expect.data.price' },
        },
      }),
      ['needs_expect /pay/payment', 'needs_expect /pay/amount/of'],
    ],

    [
      'CEL',
      facts({ a: 'data.x +', b: 'data.x.matches("a+")', c: 'nope + 1', d: 'foo(1)', e: '"a" + 1' }),
      [
        'cel_syntax /detect/let/a',
        'matches_refused /detect/let/b',
        'cel_unknown_variable /detect/let/c',
        'cel_unknown_function /detect/let/d',
        'cel_wrong_type /detect/let/e',
      ],
    ],
    ['CEL that is too long', facts({ a: `"${'x'.repeat(4000)}"` }), ['too_long /detect/let/a']],
    [
      'CEL that is no text',
      facts({ a: 1, b: '' }),
      ['wrong_type /detect/let/a', 'empty_text /detect/let/b'],
    ],
    [
      'names of facts',
      facts({ 'a-b': 'data.x', true: 'data.x', data: 'data.x' }),
      [
        'bad_name /detect/let/a-b',
        'bad_fact_name /detect/let/true',
        'bad_fact_name /detect/let/data',
      ],
    ],
    [
      'a fact that is wrong, once, wherever it is used',
      detect(eventDetect({ let: { late: 5, 'a-b': 'data.x' }, where: { late: 1, 'a-b': 2 } })),
      ['wrong_type /detect/let/late', 'bad_name /detect/let/a-b'],
    ],
    [
      'facts that are no map, once',
      detect(eventDetect({ let: ['data.x'], where: { late: 1 } })),
      ['wrong_type /detect/let'],
    ],
    [
      '51 facts',
      facts(Object.fromEntries(many(51, 0).map((_, i) => [`f${i}`, '1.0']))),
      ['too_many /detect/let'],
    ],
  ])('%s', (_what, document, expected) => {
    expect(mistakes(document)).toEqual(expected);
  });
});
