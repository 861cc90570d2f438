import { parseRule } from './parse-rule';
import {
  deadline,
  deadlineDetect,
  eventRule,
  limits,
  pay,
  resolvePointer,
  test,
  where,
  window,
} from './rule-fixtures';

function lintsOf(document: unknown): string[] {
  const parsed = parseRule(document, { contentType: 'json' });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  for (const { pointer } of parsed.lints) resolvePointer(document, pointer);
  return parsed.lints.map(({ code, pointer }) => `${code} ${pointer}`);
}

describe('lints', () => {
  it('has nothing to say of a plain rule', () => {
    expect(lintsOf(eventRule())).toEqual([]);
  });

  it.each<[what: string, document: unknown, expected: string[]]>([
    [
      'no limit per customer',
      limits({ times: 1, per: 'data.order_id', then: 'skip' }),
      ['no_customer_limit '],
    ],
    ['no limits at all', eventRule({ limits: [] }), ['no_customer_limit ']],
    ['an apology needs no limit', eventRule({ pay: { as: 'nothing' }, limits: [] }), []],
    [
      'approval that nobody is asked for',
      pay({ max: '9.00 EUR', approve_over: '9.01 EUR' }),
      ['approve_over_above_max /pay/approve_over'],
    ],
    ['approval at the max', pay({ max: '9.00 EUR', approve_over: '9.00 EUR' }), []],
    ['a bound in another currency', pay({ max: '9.00 USD' }), ['bound_lacks_currency /pay/max']],
    [
      'nothing as a sum',
      pay({ amount: { fixed: '0.00 EUR' }, max: '0.00 EUR' }),
      ['zero_money /pay/amount/fixed', 'zero_money /pay/max'],
    ],
    ['no lateness', deadline({ allow_late: '0s' }), ['no_lateness /detect/allow_late']],
    ['lateness of the account', deadline({}), []],
    [
      'an expectation that opens the next',
      deadline({ start: ['a', 'b'], expect: ['c', 'a'] }),
      ['expect_is_start /detect/expect'],
    ],
    [
      'an expectation that cancels',
      deadline({ cancel: 'delivery.delivered' }),
      ['cancel_is_expect /detect/cancel'],
    ],
    [
      'a calendar without a span',
      deadline({ calendar: 'x' }),
      ['calendar_unused /detect/calendar'],
    ],
    ['a calendar for grace', deadline({ calendar: 'x', grace: '1h' }), []],
    [
      'moves that never come',
      deadline({ broken_if: { moves: { gte: 1 } } }),
      ['broken_if_without_extend /detect/broken_if'],
    ],
    ['a window of years', window({ over: '366d' }), ['long_window /detect/over']],
    ['a window of a year', window({ over: '365d' }), []],
    [
      'numbers in quotes',
      where({ 'data.x': '10', 'data.y': ['1.5', 'a'] }),
      ['quoted_number /detect/where/data.x', 'quoted_number /detect/where/data.y/0'],
    ],
    [
      'words for true',
      where({ 'data.x': 'yes', 'data.y': { not: 'False' } }),
      ['looks_like_boolean /detect/where/data.x', 'looks_like_boolean /detect/where/data.y/not'],
    ],
    [
      'a label of others',
      limits({ times: 1, per: 'customer', across: 'team=x', then: 'skip' }),
      ['across_not_own_label /limits/0/across'],
    ],
    [
      'a total of nothing',
      eventRule({
        pay: { as: 'nothing' },
        limits: [{ total: '1.00 EUR', per: 'customer', then: 'skip' }],
      }),
      ['total_on_nothing /limits/0/total'],
    ],
    [
      'events of no use',
      test({ events: [{ at: '0h', type: 'other.thing' }] }),
      ['unrelated_test_event /tests/0/events/0/type'],
    ],
    ['no tests', eventRule({ tests: [] }), ['no_tests ']],
    [
      'names twice',
      eventRule({ tests: Array(2).fill({ name: 'a', events: [], until: '1h', expect: [] }) }),
      ['duplicate_test_name /tests/1/name'],
    ],
    [
      'a payout for each payout of ours',
      eventRule({
        detect: { type: 'event', event: 'amends.compensation.settled', by: 'data.id' },
        limits: [{ times: 1, per: 'data.id', then: 'skip' }],
      }),
      ['no_customer_limit ', 'own_events_unlimited '],
    ],
    [
      'a word for each word of ours',
      eventRule({
        detect: { type: 'event', event: 'amends.message.sent', by: 'data.id' },
        pay: { as: 'nothing' },
        limits: [],
      }),
      ['own_events_unlimited '],
    ],
    [
      'what we do as the end of waiting only',
      eventRule({
        detect: deadlineDetect({ expect: 'amends.compensation.settled' }),
        pay: { as: 'nothing' },
        limits: [],
      }),
      [],
    ],
    [
      'an event of ours that there is not',
      deadline({ cancel: 'amends.compensation.setled' }),
      ['unknown_own_event /detect'],
    ],
  ])('%s', (_what, document, expected) => {
    expect(lintsOf(document)).toEqual(expected);
  });

  it('names the event of ours that was probably meant', () => {
    const parsed = parseRule(deadline({ cancel: 'amends.compensation.setled' }), {
      contentType: 'json',
    });
    expect(JSON.stringify(parsed.lints)).toContain('amends.compensation.settled');
  });

  it('wants the customer to be told', () => {
    const { message, ...silent } = eventRule();
    expect(message).toBeDefined();
    expect(lintsOf(silent)).toEqual(['no_message ']);
  });

  it('still lints what has mistakes', () => {
    const parsed = parseRule(eventRule({ id: 'X', tests: [] }), { contentType: 'json' });
    expect(parsed).toMatchObject({ ok: false, lints: [{ code: 'no_tests' }] });
  });
});
