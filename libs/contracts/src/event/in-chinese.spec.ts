import { BAD_INPUTS } from '../../../testing/src/bad-input';
import { decodeBatch } from './decode-batch';
import { decodeBinary } from './decode-binary';
import { decodeEventText } from './decode-event';
import { inChinese } from './in-chinese';

const HAN = /\p{Script=Han}/u;

describe('what is wrong with an event', () => {
  it.each(BAD_INPUTS.map((input) => [input.id, input] as const))(
    'is said in Chinese too: %s',
    (_id, { bytes }) => {
      const decoded = decodeEventText(bytes, Date.UTC(2026, 11, 1));
      if (decoded.ok) return;
      for (const { message } of decoded.errors) expect(inChinese(message)).toMatch(HAN);
    },
  );

  it('of a batch and of headers as well', () => {
    const headers = { 'ce-specversion': '1.0', 'ce-id': '%zz', 'ce-datacontenttype': 'x' };
    const refused = [
      decodeBatch('{}', null),
      decodeBatch(`[${'{},'.repeat(1_000)}{}]`, null),
      decodeBatch('[', null),
      decodeBinary(headers, '', null),
      decodeBinary({ 'ce-id': 'a', 'ce-datacontenttype': 'x' }, '', null),
    ];
    const messages = refused.flatMap((one) => (one.ok ? [] : one.errors.map((e) => e.message)));

    expect(messages).toHaveLength(5);
    for (const message of messages) expect(inChinese(message)).toMatch(HAN);
  });

  it('keeps the figures and names of the original', () => {
    expect(inChinese('must not be longer than 256 characters')).toBe('不能超过 256 个字符');
    expect(inChinese('the key "__proto__" is not allowed')).toBe('不允许使用键 "__proto__"');
  });
});
