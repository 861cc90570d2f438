import { eventRule, limits, many, mistakes, test } from './rule-fixtures';

describe('mistakes in limits, message and tests', () => {
  it.each<[what: string, document: unknown, expected: string[]]>([
    [
      'limits',
      limits(
        { per: 'customer', then: 'skip' },
        { times: 1, total: '1.00 EUR', per: 'customer', then: 'skip' },
        { times: 1, per: 'customer', then: 'trim' },
        { times: 0, per: 'customer', then: 'skip' },
        { times: 1.5, per: 'customer', then: 'skip' },
        { times: 1, per: 'customer', then: 'stop' },
        { times: 1, per: 'customer', across: 'delivery', then: 'skip' },
        { times: 1, per: 'customer', over: '0s', then: 'skip' },
        { times: 1, then: 'skip' },
        { times: 1, per: 'customer' },
      ),
      [
        'number_range /limits/3/times',
        'not_an_integer /limits/4/times',
        'unknown_value /limits/5/then',
        'bad_across /limits/6/across',
        'zero_duration /limits/7/over',
        'missing_key /limits/8',
        'missing_key /limits/9',
        'limit_kind /limits/0',
        'limit_kind /limits/1',
        'trim_without_total /limits/2/then',
      ],
    ],
    [
      'a limit in another currency',
      eventRule({
        pay: { as: 'credit', amount: { fixed: ['5.00 CNY', '5.00 EUR'] } },
        limits: [
          { times: 1, per: 'customer', then: 'skip' },
          { total: '9.00 EUR', per: 'customer', then: 'trim' },
        ],
      }),
      ['currency_not_covered /limits/1/total'],
    ],
    [
      '51 limits',
      limits(...many(51, { times: 1, per: 'customer', then: 'skip' })),
      ['too_many /limits'],
    ],

    [
      'no channels',
      eventRule({ message: { template: 'x', channels: [] } }),
      ['empty_list /message/channels'],
    ],
    [
      'channels',
      eventRule({
        message: { template: 'X', channels: ['email', 'email', 'E-Mail'], urgent: 'yes' },
      }),
      [
        'bad_id /message/template',
        'bad_name /message/channels/2',
        'duplicate_entry /message/channels/1',
        'wrong_type /message/urgent',
      ],
    ],

    [
      'tests',
      test({
        events: [
          { at: 'noon', type: 'a b' },
          { at: '0h' },
          { at: '0h', type: 'a', data: [], tme: 1 },
        ],
        until: '-1h',
        expect: [{ pay: 'maybe' }, { pay: 5 }, { at: '1 h' }, { refuted: 'yes' }],
      }),
      [
        'bad_duration /tests/0/events/0/at',
        'bad_event_type /tests/0/events/0/type',
        'missing_key /tests/0/events/1',
        'wrong_type /tests/0/events/2/data',
        'unknown_key /tests/0/events/2/tme',
        'bad_duration /tests/0/until',
        'bad_money /tests/0/expect/0/pay',
        'bare_number_money /tests/0/expect/1/pay',
        'bad_duration /tests/0/expect/2/at',
        'wrong_type /tests/0/expect/3/refuted',
      ],
    ],
    [
      '201 tests',
      eventRule({ tests: many(201, { name: 'a', events: [], until: '1h', expect: [] }) }),
      ['too_many /tests'],
    ],
  ])('%s', (_what, document, expected) => {
    expect(mistakes(document)).toEqual(expected);
  });
});
