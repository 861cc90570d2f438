import {
  amount,
  bands,
  deadlineDetect,
  eventDetect,
  eventRule,
  mistakes,
  pay,
  windowDetect,
} from './rule-fixtures';

describe('mistakes in money and pay', () => {
  it.each<[what: string, document: unknown, expected: string[]]>([
    [
      'money',
      eventRule({
        pay: {
          as: 'credit',
          amount: {
            fixed: [
              5,
              '5.00',
              '5.00 eur',
              '5.00 XXX',
              '5.001 EUR',
              '5.00EUR',
              '-5.00 EUR',
              '5,00 EUR',
              null,
              '1.5 JPY',
              '1e2 EUR',
            ],
          },
          min: 5.5,
          max: { value: '5.00', currency: 'EUR' },
          approve_over: true,
        },
      }),
      [
        'bare_number_money /pay/amount/fixed/0',
        'bad_money /pay/amount/fixed/1',
        'currency_case /pay/amount/fixed/2',
        'unknown_currency /pay/amount/fixed/3',
        'too_many_decimals /pay/amount/fixed/4',
        'bad_money /pay/amount/fixed/5',
        'negative_money /pay/amount/fixed/6',
        'bad_money /pay/amount/fixed/7',
        'null_value /pay/amount/fixed/8',
        'too_many_decimals /pay/amount/fixed/9',
        'bad_money /pay/amount/fixed/10',
        'bare_number_money /pay/min',
        'money_object /pay/max',
        'wrong_type /pay/approve_over',
      ],
    ],
    ['no money', amount({ fixed: [] }), ['empty_list /pay/amount/fixed']],
    [
      'a currency twice',
      amount({ fixed: ['5.00 EUR', '6.00 EUR'] }),
      ['duplicate_currency /pay/amount/fixed/1'],
    ],

    [
      'an unknown means',
      eventRule({ pay: { as: 'gift', amount: { fixed: '5.00 EUR' } } }),
      ['unknown_value /pay/as'],
    ],
    ['no amount', eventRule({ pay: { as: 'credit' } }), ['amount_required /pay']],
    [
      'an amount of nothing',
      eventRule({
        pay: { as: 'nothing', amount: { fixed: '5.00 EUR' }, max: '6.00 EUR', payment: 'data.p' },
      }),
      [
        'unexpected_with_nothing /pay/amount',
        'unexpected_with_nothing /pay/max',
        'payment_unexpected /pay/payment',
      ],
    ],
    ['a refund of nothing known', pay({ as: 'refund' }), ['payment_required /pay']],
    ['a credit to a payment', pay({ payment: 'data.p' }), ['payment_unexpected /pay/payment']],
    [
      'two amounts',
      amount({ fixed: '5.00 EUR', percent: 10, of: 'data.x' }),
      ['amount_kind /pay/amount'],
    ],
    [
      'two amounts, and a mistake in the first',
      amount({ fixed: '5.00 eur', percent: 10, of: 'data.x' }),
      ['amount_kind /pay/amount', 'currency_case /pay/amount/fixed'],
    ],
    ['a misspelt amount', amount({ fixd: '5.00 EUR' }), ['unknown_key /pay/amount/fixd']],
    [
      'an amount of another world',
      amount({ points: 5 }),
      ['amount_kind /pay/amount', 'unknown_key /pay/amount/points'],
    ],
    [
      'a fact that is no money beside a fact that is wrong',
      eventRule({
        detect: eventDetect({ let: { late: '2.0 * 3.0', bad: '1 +', worse: 'bad + 1' } }),
        pay: { as: 'credit', amount: { percent: 10, of: 'late' } },
      }),
      ['cel_syntax /detect/let/bad', 'fact_type /pay/amount/of'],
    ],
    ['no kind of amount', amount({ of: 'data.x' }), ['amount_kind /pay/amount']],
    ['an amount that is no map', amount('5.00 EUR'), ['wrong_type /pay/amount']],
    [
      'percentages',
      bands(
        { from: 1, percent: 0, of: 'data.x' },
        { from: 20, percent: 1001, of: 'data.x' },
        { from: 30, percent: '10', of: 'data.x' },
        { from: 40, percent: 10 },
      ),
      [
        'percent_range /pay/amount/steps/0/percent',
        'percent_range /pay/amount/steps/1/percent',
        'wrong_type /pay/amount/steps/2/percent',
        'missing_key /pay/amount/steps/3',
      ],
    ],
    ['no bands', bands(), ['empty_list /pay/amount/steps']],
    [
      'bands of two kinds',
      bands({ from: 10 }, { from: 20, pay: '1.00 EUR', percent: 3, of: 'data.x' }),
      ['band_kind /pay/amount/steps/0', 'band_kind /pay/amount/steps/1'],
    ],
    [
      'bands in disorder',
      bands(
        { from: 30, pay: '2.00 EUR' },
        { from: 10, pay: '1.00 EUR' },
        { from: 30, pay: '3.00 EUR' },
      ),
      ['band_unsorted /pay/amount/steps/1/from', 'band_duplicate /pay/amount/steps/2/from'],
    ],
    [
      'a band below the condition',
      bands({ from: 0, pay: '1.00 EUR' }, { from: 10, pay: '2.00 EUR' }),
      ['band_unreachable /pay/amount/steps/0/from'],
    ],
    [
      'a band above the measure',
      eventRule({
        detect: windowDetect({ is: { gte: 3, lt: 5 } }),
        pay: {
          as: 'credit',
          amount: {
            bands: 'value',
            steps: [
              { from: 3, pay: '1.00 EUR' },
              { from: 5, pay: '2.00 EUR' },
            ],
          },
        },
      }),
      ['band_unreachable /pay/amount/steps/1/from'],
    ],
    [
      'a band of more units than there are',
      eventRule({
        detect: deadlineDetect({ accrue: { every: '1d', max: 5 } }),
        pay: {
          as: 'credit',
          amount: {
            bands: 'unit',
            steps: [
              { from: 1, pay: '1.00 EUR' },
              { from: 6, pay: '2.00 EUR' },
            ],
          },
        },
      }),
      ['band_unreachable /pay/amount/steps/1/from'],
    ],
    [
      'bands of a text',
      eventRule({
        detect: eventDetect({ let: { late: '"a" + "b"' } }),
        pay: { as: 'credit', amount: { bands: 'late', steps: [{ from: 1, pay: '1.00 EUR' }] } },
      }),
      ['fact_type /pay/amount/bands'],
    ],
    [
      'a part of a number',
      eventRule({
        pay: { as: 'credit', amount: { percent: 10, of: 'late' } },
      }),
      ['fact_type /pay/amount/of'],
    ],
    [
      'min over max',
      pay({ min: ['3.00 EUR', '1.00 USD'], max: ['2.00 EUR', '1.00 USD'] }),
      ['min_over_max /pay/min'],
    ],
    [
      'min over max of a band',
      bands({ from: 10, pay: '1.00 EUR', min: '3.00 EUR', max: '2.00 EUR' }),
      ['min_over_max /pay/amount/steps/0/min'],
    ],
    ['settle without accrual', pay({ settle: 'end' }), ['settle_without_accrue /pay/settle']],
  ])('%s', (_what, document, expected) => {
    expect(mistakes(document)).toEqual(expected);
  });
});
