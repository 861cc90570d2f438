import * as fc from 'fast-check';
import { DOCUMENT_LIMITS } from './json-limits';
import { parseJsonStrict } from './parse-json-strict';

const faultsOf = (text: string): string[] => {
  const parsed = parseJsonStrict(text);
  return parsed.ok ? [] : parsed.faults.map(({ code, pointer }) => `${code} ${pointer}`);
};

/** JSON whose keys and numbers we accept. */
const plainJson = fc.jsonValue({ maxDepth: 8, noUnicodeString: false }).filter((value) => {
  const text = JSON.stringify(value);
  const numbers = text.match(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi) ?? [];
  return (
    !/__proto__|constructor|prototype|\\u0000|\\ud[89a-f]/i.test(text) &&
    numbers.every((number) => Math.abs(Number(number)) <= Number.MAX_SAFE_INTEGER)
  );
});

describe('parseJsonStrict', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(plainJson, fc.boolean(), (value, spaced) => {
        const text = JSON.stringify(value, null, spaced ? 2 : 0);
        expect(parseJsonStrict(text)).toEqual({ ok: true, value: JSON.parse(text) });
        expect(parseJsonStrict(Buffer.from(text))).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(typeof parseJsonStrict(bytes).ok).toBe('boolean');
      }),
    );
  });

  it('refuses a value that has any one key twice, wherever it is', () => {
    fc.assert(
      fc.property(plainJson, fc.string({ unit: 'binary-ascii', minLength: 1 }), (value, key) => {
        fc.pre(!key.includes('\0') && !/proto|constructor/.test(key));
        const name = JSON.stringify(key);
        const text = `[${JSON.stringify(value)},{${name}:{${name}:1,"other":{},${name}:2}}]`;
        const escaped = key.replaceAll('~', '~0').replaceAll('/', '~1');
        expect(faultsOf(text)).toContain(`duplicate_key /1/${escaped}/${escaped}`);
      }),
    );
  });

  it.each([
    ['{"a":1,"a":2}', ['duplicate_key /a']],
    ['{"a":1,"\\u0061":2}', ['duplicate_key /a']],
    [
      '[{"x":{"k/1":1,"k/1":2}},{"y":[0,{"z":1,"z":1}]}]',
      ['duplicate_key /0/x/k~11', 'duplicate_key /1/y/1/z'],
    ],
    ['{"a":"\\"b\\":1,\\"b\\":2","b":":"}', []],
    ['{"a":{"__proto__":1}}', ['forbidden_key /a/__proto__']],
    [
      '{"a":{"\\u005f_proto__":1,"constructor":2}}',
      ['forbidden_key /a/__proto__', 'forbidden_key /a/constructor'],
    ],
    ['{"prototype":1,"b":1,"b":2}', ['forbidden_key /prototype', 'duplicate_key /b']],
    [
      '[1e400,-1e400,9007199254740993,9007199254740991]',
      ['bad_number /0', 'bad_number /1', 'bad_number /2'],
    ],
    ['["\\u0000","\\ud800","\\ud83d\\ude00","\\\\u0000"]', ['bad_text /0', 'bad_text /1']],
    ['{"\\u0000":1}', ['bad_text /\0']],
    ['\uFEFF{}', ['bad_text ']],
    ['"\uD800"', ['bad_text ']],
    ['{"a":1,}', ['malformed_json ']],
    ['', ['malformed_json ']],
  ])('finds in %s: %j', (text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  it('bounds depth before it parses, and brackets in texts are no depth', () => {
    const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
    expect(faultsOf(nested(32))).toEqual([]);
    expect(faultsOf(nested(33))).toEqual(['too_deep ']);
    expect(faultsOf('['.repeat(100_000))).toEqual(['too_deep ']);
    expect(faultsOf(JSON.stringify(nested(33)))).toEqual([]);
  });

  it('bounds bytes, not characters, and the items of an array', () => {
    const text = (length: number): string => `"${'字'.repeat(length)}"`;
    const limits = { ...DOCUMENT_LIMITS, maxBytes: 302, maxArrayItems: 3 };
    expect(parseJsonStrict(text(100), limits).ok).toBe(true);
    expect(parseJsonStrict(text(101), limits)).toMatchObject({ ok: false, code: 'too_large' });
    expect(parseJsonStrict('[1,2,3]', limits).ok).toBe(true);
    expect(parseJsonStrict('{"a":[1,2,3,4]}', limits)).toMatchObject({
      code: 'too_large',
      faults: [{ pointer: '/a' }],
    });
  });

  it('refuses bytes that are no UTF-8 instead of replacing them', () => {
    const parsed = parseJsonStrict(Buffer.from([0x22, 0xc0, 0xaf, 0x22]));
    expect(parsed).toMatchObject({ ok: false, code: 'bad_text' });
  });

  it('does not quote the text in its message', () => {
    const parsed = parseJsonStrict('{"password":"hunter2" oops}');
    expect(JSON.stringify(parsed)).not.toContain('hunter2');
  });
});
