import { checkJson } from './check-json';
import { DOCUMENT_LIMITS } from './json-limits';

const codes = (value: unknown): string[] =>
  checkJson(value, DOCUMENT_LIMITS).map(({ code, pointer }) => `${code} ${pointer}`);

describe('checkJson', () => {
  it('finds nothing in plain JSON', () => {
    expect(codes({ a: [1, 'x', null, true, { b: -0.5 }] })).toEqual([]);
  });

  it.each([
    [{ a: NaN }, 'bad_number /a'],
    [{ a: Infinity }, 'bad_number /a'],
    [{ a: 2 ** 53 }, 'bad_number /a'],
    [{ a: 1n }, 'malformed_json /a'],
    [{ a: undefined }, 'malformed_json /a'],
    [{ a: new Date(0) }, 'malformed_json /a'],
    [new Map(), 'malformed_json '],
    [JSON.parse('{"__proto__":1}'), 'forbidden_key /__proto__'],
    [['\0'], 'bad_text /0'],
  ])('names what JSON cannot hold: %p', (value, fault) => {
    expect(codes(value)).toEqual([fault]);
  });

  it('ends on a value that contains itself', () => {
    const value: Record<string, unknown> = {};
    value.self = value;
    value.twin = value;
    expect(codes(value)[0]).toMatch(/^too_deep /);
  });

  it('ends on a value whose shared parts would unfold without end', () => {
    let value: unknown = 'x';
    for (let i = 0; i < 30; i++) value = { a: value, b: value };
    expect(codes(value)).toEqual(['too_large ']);
  });
});
