import { family, type BadInput, type BadInputCase } from './bad-input';
import { eventText, eventWithRawData } from './valid-event';

const NOT_JSON = 'no JSON (RFC 8259)';

const BROKEN: readonly (readonly [string, string])[] = [
  ['empty', ''],
  ['only-spaces', ' \n\t '],
  ['one-byte', '{'],
  ['bare-word', 'event'],
  ['undefined', 'undefined'],
  ['two-documents', `${eventText()}${eventText()}`],
  ['two-lines', `${eventText()}\n${eventText()}`],
  ['trailing-comma', `${eventText().slice(0, -1)},}`],
  ['leading-comma', `{,${eventText().slice(1)}`],
  ['double-comma', eventText().replace(',', ',,')],
  ['missing-colon', eventText().replace(':', ' ')],
  ['single-quotes', eventText().replaceAll('"', "'")],
  ['unquoted-key', eventText().replace('"id"', 'id')],
  ['line-comment', `// an event\n${eventText()}`],
  ['block-comment', `/* an event */${eventText()}`],
  ['hash-comment', `${eventText()} # an event`],
  ['mismatched-brackets', eventWithRawData('[1}')],
  ['unopened', `${eventText()}}`],
  ['capital-true', eventWithRawData('True')],
  ['python-none', eventWithRawData('None')],
  ['nan', eventWithRawData('NaN')],
  ['infinity', eventWithRawData('Infinity')],
  ['minus-infinity', eventWithRawData('-Infinity')],
  ['plus-sign', eventWithRawData('+1')],
  ['leading-zero', eventWithRawData('01')],
  ['leading-point', eventWithRawData('.5')],
  ['trailing-point', eventWithRawData('1.')],
  ['bare-exponent', eventWithRawData('1e')],
  ['hexadecimal', eventWithRawData('0x10')],
  ['octal', eventWithRawData('0o17')],
  ['big-int-suffix', eventWithRawData('1n')],
  ['arabic-digits', eventWithRawData('١٢')],
  ['full-width-digits', eventWithRawData('１２')],
  ['raw-newline-in-string', eventWithRawData('"a\nb"')],
  ['raw-tab-in-string', eventWithRawData('"a\tb"')],
  ['raw-nul-in-string', eventWithRawData('"a\0b"')],
  ['bad-escape', eventWithRawData('"\\x41"')],
  ['short-unicode-escape', eventWithRawData('"\\u12"')],
  ['unclosed-string', eventWithRawData('"a')],
  ['no-break-space', eventText().replace('{', '{\u00a0')],
  ['form-feed', eventText().replace('{', '{\f')],
  ['javascript', `(${eventText()})`],
  ['json-lines-prefix', `)]}',\n${eventText()}`],
  ['xml', '<event><id>1</id></event>'],
  ['form', 'id=1&source=%2Fx'],
  ['csv', 'id,source\n1,/x\n'],
  ['yaml', 'id: 1\nsource: /x\n'],
];

const ODD: readonly BadInputCase[] = [
  ['spaces-around', ` \r\n\t${eventText()}\n\n`, 'accept', 'white space around is JSON'],
  ['escaped-slash', eventWithRawData('"a\\/b"'), 'accept', 'an escaped slash is JSON'],
  ['escaped-key', eventText().replace('"id"', '"\\u0069d"'), 'accept', 'a key may be escaped'],
  ['line-separator', eventWithRawData('"\u2028"'), 'accept', 'U+2028 may stand in a JSON string'],
  ['empty-key', eventWithRawData('{"":1}'), 'accept', 'an empty key is a key'],
];

/** Syntax: everything that some parser somewhere takes and JSON.parse should not. */
export const syntaxCases: readonly BadInput[] = [
  ...family(
    'syntax',
    BROKEN.map(([name, body]): BadInputCase => [name, body, 'reject', NOT_JSON]),
  ),
  ...family('syntax', ODD),
];

/** A valid event cut off after each of its bytes. */
export const truncatedCases: readonly BadInput[] = Array.from(
  Buffer.from(eventText()),
  (_, length) => ({
    id: `truncated/${length}`,
    bytes: Buffer.from(eventText()).subarray(0, length),
    expect: 'reject' as const,
    why: 'a connection that broke off: the start of an event is no event',
  }),
);
