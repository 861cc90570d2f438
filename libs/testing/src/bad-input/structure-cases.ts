import { family, type BadInput, type BadInputCase } from './bad-input';
import { eventText, eventWithRawData, eventWithRawMembers } from './valid-event';

/** Levels that the event itself takes around `data.x`. */
const OWN_LEVELS = 2;
const MAX_LEVELS = 32;

const arrays = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
const objects = (levels: number): string => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

const nesting = [MAX_LEVELS - OWN_LEVELS + 1, 100, 1000, 5000, 100_000, 1_000_000].flatMap(
  (levels): BadInputCase[] => [
    [`arrays-${levels}`, eventWithRawData(arrays(levels)), 'reject', 'JSON.stringify dies of it'],
    [`objects-${levels}`, eventWithRawData(objects(levels)), 'reject', 'JSON.stringify dies of it'],
    [`unclosed-${levels}`, '['.repeat(levels), 'reject', 'depth must be bounded before parsing'],
  ],
);

const deepest: readonly BadInputCase[] = [
  [
    'arrays-30',
    eventWithRawData(arrays(MAX_LEVELS - OWN_LEVELS)),
    'accept',
    'exactly at the limit',
  ],
  [
    'objects-30',
    eventWithRawData(objects(MAX_LEVELS - OWN_LEVELS)),
    'accept',
    'exactly at the limit',
  ],
  ['brackets-in-string', eventWithRawData(`"${'['.repeat(100)}"`), 'accept', 'brackets in text'],
  ['wide-not-deep', eventWithRawData(`[${'[],'.repeat(999)}[]]`), 'accept', 'width is no depth'],
];

const TWICE = 'parsers differ in which one wins';
const duplicates: readonly BadInputCase[] = [
  ['amount', eventWithRawData('{"amount":1,"amount":100000}'), 'reject', TWICE],
  ['same-value', eventWithRawData('{"a":1,"a":1}'), 'reject', TWICE],
  ['escaped-twin', eventWithRawData('{"a":1,"\\u0061":2}'), 'reject', TWICE],
  ['escaped-twin-first', eventWithRawData('{"\\u0061":1,"a":2}'), 'reject', TWICE],
  ['in-array', eventWithRawData('[{"a":1},{"a":1,"b":2,"a":3}]'), 'reject', TWICE],
  ['attribute', eventWithRawMembers('"customerid":"c_other"'), 'reject', TWICE],
  ['attribute-escaped', eventWithRawMembers('"\\u0069d":"other"'), 'reject', TWICE],
  ['data', eventWithRawMembers('"data":{}'), 'reject', TWICE],
  ['empty-key', eventWithRawData('{"":1,"":2}'), 'reject', TWICE],
  ['surrogate-twin', eventWithRawData('{"😀":1,"\\ud83d\\ude00":2}'), 'reject', TWICE],
  ['other-case', eventWithRawData('{"a":1,"A":2}'), 'accept', 'keys of other case are other keys'],
  [
    'nfc-and-nfd',
    eventWithRawData('{"é":1,"e\u0301":2}'),
    'accept',
    'other code points, other key',
  ],
  [
    'in-other-objects',
    eventWithRawData('[{"a":1},{"a":2}]'),
    'accept',
    'each object has its own keys',
  ],
  [
    'key-in-string',
    eventWithRawData('"\\"a\\":1,\\"a\\":2"'),
    'accept',
    'text that looks like keys',
  ],
];

const POLLUTION = 'would reach a prototype in a careless merge';
const forbidden: readonly BadInputCase[] = [
  ['proto', eventWithRawData('{"__proto__":{"isAdmin":true}}'), 'reject', POLLUTION],
  ['proto-escaped', eventWithRawData('{"\\u005f_proto__":{"isAdmin":true}}'), 'reject', POLLUTION],
  ['proto-null', eventWithRawData('{"__proto__":null}'), 'reject', POLLUTION],
  ['constructor', eventWithRawData('{"constructor":{"prototype":{"x":1}}}'), 'reject', POLLUTION],
  ['prototype', eventWithRawData('{"prototype":1}'), 'reject', POLLUTION],
  ['in-array', eventWithRawData('[[{"__proto__":1}]]'), 'reject', POLLUTION],
  ['attribute-proto', eventWithRawMembers('"__proto__":{"id":"x"}'), 'reject', POLLUTION],
  ['attribute-constructor', eventWithRawMembers('"constructor":"x"'), 'reject', POLLUTION],
  [
    'to-string',
    eventWithRawData('{"toString":1,"valueOf":2}'),
    'accept',
    'an ordinary key of data',
  ],
  ['has-own', eventWithRawData('{"hasOwnProperty":1}'), 'accept', 'an ordinary key of data'],
  [
    'define-getter',
    eventWithRawData('{"__defineGetter__":1}'),
    'accept',
    'an ordinary key of data',
  ],
  ['as-value', eventWithRawData('"__proto__"'), 'accept', 'a value, not a key'],
  ['as-id', eventText({ id: '__proto__', subject: 'constructor' }), 'accept', 'a value, not a key'],
  ['as-customer', eventText({ customerid: '__proto__' }), 'accept', 'a value, not a key'],
];

/** The shape of the text: how deep, and which keys. */
export const structureCases: readonly BadInput[] = [
  ...family('nesting', [...nesting, ...deepest]),
  ...family('duplicate-key', duplicates),
  ...family('prototype-key', forbidden),
];
