import { family, type BadInput, type BadInputCase } from './bad-input';
import { eventText, eventWithRawData } from './valid-event';

/** The event with `data.x` a string of these raw bytes. */
function withBytes(...bytes: readonly number[]): Uint8Array {
  const [before = '', after = ''] = eventWithRawData('"@"').split('@');
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)]);
}

const BAD_BYTES = 'no UTF-8: decoders replace it silently';
const UNSTORABLE = 'parses in Node and fails in jsonb';

const encodings: readonly BadInputCase[] = [
  ['bom', `\uFEFF${eventText()}`, 'reject', 'a byte order mark is no JSON'],
  ['utf-16-le', Buffer.from(eventText(), 'utf16le'), 'reject', 'UTF-16 is no UTF-8'],
  ['utf-16-bom', Buffer.from(`\uFEFF${eventText()}`, 'utf16le'), 'reject', 'UTF-16 is no UTF-8'],
  ['latin-1', withBytes(0xe9), 'reject', BAD_BYTES],
  ['gbk', withBytes(0xd6, 0xd0), 'reject', BAD_BYTES],
  ['lone-continuation', withBytes(0x80), 'reject', BAD_BYTES],
  ['cut-sequence', withBytes(0xe4, 0xb8), 'reject', BAD_BYTES],
  ['overlong-slash', withBytes(0xc0, 0xaf), 'reject', 'an overlong form hides a character'],
  ['overlong-nul', withBytes(0xc0, 0x80), 'reject', 'an overlong form hides a character'],
  ['encoded-surrogate', withBytes(0xed, 0xa0, 0x80), 'reject', BAD_BYTES],
  ['beyond-unicode', withBytes(0xf4, 0x90, 0x80, 0x80), 'reject', BAD_BYTES],
  ['byte-ff', withBytes(0xff), 'reject', BAD_BYTES],
  ['escaped-nul', eventWithRawData('"a\\u0000b"'), 'reject', UNSTORABLE],
  ['escaped-nul-key', eventWithRawData('{"a\\u0000":1}'), 'reject', UNSTORABLE],
  ['high-surrogate', eventWithRawData('"\\ud83d"'), 'reject', UNSTORABLE],
  ['low-surrogate', eventWithRawData('"\\uDE00"'), 'reject', UNSTORABLE],
  ['swapped-surrogates', eventWithRawData('"\\ude00\\ud83d"'), 'reject', UNSTORABLE],
  ['surrogate-key', eventWithRawData('{"\\ud800":1}'), 'reject', UNSTORABLE],
  ['escaped-nul-id', eventText({ id: 'a\0b' }), 'reject', UNSTORABLE],
  ['escaped-pair', eventWithRawData('"\\ud83d\\ude00"'), 'accept', 'a whole pair is a character'],
  ['emoji', eventText({ data: { x: '😀👩‍👩‍👧' } }), 'accept', 'a text'],
  ['escaped-backslash', eventWithRawData('"\\\\u0000"'), 'accept', 'a backslash and digits'],
  ['chinese-escaped', eventWithRawData('"\\u4e2d\\u6587"'), 'accept', 'a text'],
  ['replacement-character', eventText({ data: { x: '\uFFFD' } }), 'accept', 'a text'],
  ['non-character', eventText({ data: { x: '\uFFFF' } }), 'accept', 'a text'],
];

const NAUGHTY: readonly (readonly [string, string])[] = [
  ['sql', "'; DROP TABLE incident; --"],
  ['nosql', '{"$gt":""}'],
  ['ldap', '*)(uid=*))(|(uid=*'],
  ['template', '{{7*7}}${7*7}<%= 7*7 %>#{7*7}'],
  ['liquid', '{% for i in (1..1000000000) %}x{% endfor %}'],
  ['xss', '<script>alert(1)</script><img src=x onerror=alert(1)>'],
  ['crlf', 'a\r\nBcc: everybody@example.com\r\n\r\nhello'],
  ['csv-formula', '=HYPERLINK("http://example.com","x")'],
  ['path', '../../../../etc/passwd'],
  ['log-forging', 'x\n{"level":60,"msg":"forged"}'],
  ['ansi', '\u001b[2J\u001b[31mred'],
  ['rtl-override', '\u202Egnp.exe'],
  ['zero-width', 'a\u200Bb\u200Dc\uFEFF'],
  ['homoglyph', 'раураl'],
  ['zalgo', `Z${'\u0338\u0348\u035a'.repeat(40)}`],
  ['regex-bomb', `${'a'.repeat(50)}!`],
  ['format', '%s%n%x%p'],
  ['shell', '$(reboot) `reboot` | reboot'],
  ['null-word', 'null'],
  ['undefined-word', 'undefined'],
  ['long-word', 'x'.repeat(100_000)],
];

const naughty = NAUGHTY.map(([name, text]): BadInputCase => [
  name,
  eventText({ data: { order_id: text, name: text } }),
  'accept',
  'a text like any other: dangerous only to who does not escape it',
]);

/** Bytes that are no text, and texts that hurt who trusts them. */
export const textCases: readonly BadInput[] = [
  ...family('encoding', encodings),
  ...family('string', naughty),
];
