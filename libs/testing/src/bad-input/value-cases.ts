import { family, type BadInput, type BadInputCase } from './bad-input';
import { eventText, eventWithRawData, VALID_EVENT } from './valid-event';

const rawNumbers: readonly (readonly [string, BadInputCase[2], string])[] = [
  ['0', 'accept', 'a number'],
  ['-0', 'accept', 'a number'],
  ['-1', 'accept', 'a number'],
  ['1e-7', 'accept', 'a number'],
  ['0.30000000000000004', 'accept', 'a number'],
  ['9007199254740991', 'accept', 'the greatest integer that keeps its digits'],
  ['-9007199254740991', 'accept', 'the least integer that keeps its digits'],
  ['9007199254740992', 'reject', 'cannot be told from 9007199254740993'],
  ['9007199254740993', 'reject', 'would become …992'],
  ['-9007199254740993', 'reject', 'would become …992'],
  ['9223372036854775807', 'reject', '2^63 − 1 loses digits'],
  ['9223372036854775808', 'reject', '2^63 loses digits'],
  ['1e21', 'reject', 'beyond 2^53'],
  ['1e400', 'reject', 'would become Infinity'],
  ['-1e400', 'reject', 'would become −Infinity'],
  ['1e200000', 'reject', 'would become Infinity'],
];

const numbers = rawNumbers.map(([text, expect, why]): BadInputCase => [
  text,
  eventWithRawData(text),
  expect,
  why,
]);

const NO_MONEY = 'no money and no number for us, but any JSON may stand in data';
const moneys = [
  '0x10',
  ' 12 ',
  '',
  '1,000.00',
  '1.000,00',
  '١٢',
  '１２',
  '1e3',
  '-5.00',
  '0.00',
  '12.345',
].map((value): BadInputCase => {
  const data = { order_id: '1', price: { value, currency: 'CNY' } };
  return [`value-${encodeURIComponent(value)}`, eventText({ data }), 'accept', NO_MONEY];
});

const currencies = ['ITL', 'XXX', 'XTS', 'cny', 'ZZZ', 'JPY', 'KWD', 'CLF', '', 'CNY '].map(
  (currency): BadInputCase => {
    const data = { order_id: '1', price: { value: '19.99', currency } };
    return [`currency-${encodeURIComponent(currency)}`, eventText({ data }), 'accept', NO_MONEY];
  },
);

const bareMoney: readonly BadInputCase[] = [
  ['bare-number', eventText({ data: { price: 19.99 } }), 'accept', NO_MONEY],
  ['array', eventText({ data: { price: [5] } }), 'accept', NO_MONEY],
  [
    'number-value',
    eventText({ data: { price: { value: 5, currency: 'CNY' } } }),
    'accept',
    NO_MONEY,
  ],
];

const shapes: readonly BadInputCase[] = [
  ['array', eventText({ data: [1, 2] }), 'accept', 'data may be any JSON'],
  ['string', eventText({ data: 'text' }), 'accept', 'data may be any JSON'],
  ['number', eventText({ data: 7 }), 'accept', 'data may be any JSON'],
  ['null', eventText({ data: null }), 'accept', 'an event may have no data'],
  ['absent', eventText({ data: undefined }), 'accept', 'an event may have no data'],
  ['empty', eventText({ data: {} }), 'accept', 'data may be any JSON'],
  [
    'binary',
    eventText({ data: undefined, data_base64: 'AAEC' }),
    'reject',
    'rules cannot read binary data',
  ],
  ['both', eventText({ data_base64: 'AAEC' }), 'reject', 'data twice over'],
];

const sized = (bytes: number): string => {
  const empty = Buffer.byteLength(eventText({ data: { pad: '' } }));
  return eventText({ data: { pad: 'x'.repeat(bytes - empty) } });
};
const LIMIT = 256 * 1024;

const sizes: readonly BadInputCase[] = [
  ['256-kib', sized(LIMIT), 'accept', 'exactly at the limit'],
  ['256-kib-and-1', sized(LIMIT + 1), 'reject', 'one byte over the limit'],
  ['1-mib', sized(1024 * 1024), 'reject', 'over the limit'],
  ['10-mib', sized(10 * 1024 * 1024), 'reject', 'over every limit'],
  ['10-000-items', eventWithRawData(`[${'1,'.repeat(9_999)}1]`), 'accept', 'exactly at the limit'],
  [
    '10-001-items',
    eventWithRawData(`[${'1,'.repeat(10_000)}1]`),
    'reject',
    'one item over the limit',
  ],
  ['100-000-items', eventWithRawData(`[${'1,'.repeat(99_999)}1]`), 'reject', 'over the limit'],
  ['10-000-keys', eventText({ data: manyKeys(10_000) }), 'accept', 'many keys are still an event'],
  ['100-000-keys', eventText({ data: manyKeys(100_000) }), 'reject', 'over the size limit'],
  [
    'multi-byte',
    eventText({ data: { pad: '字'.repeat(LIMIT / 3) } }),
    'reject',
    'bytes count, not characters',
  ],
];

function manyKeys(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, index]));
}

/** What stands in `data`. */
export const valueCases: readonly BadInput[] = [
  ...family('number', numbers),
  ...family('money', [...moneys, ...currencies, ...bareMoney]),
  ...family('data', shapes),
  ...family('size', sizes),
  ...family('size', [
    ['valid', JSON.stringify(VALID_EVENT), 'accept', 'the event that all others are made from'],
  ]),
];
