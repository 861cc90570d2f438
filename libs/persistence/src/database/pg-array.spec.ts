import fc from 'fast-check';
import { createRequire } from 'node:module';
import { plainArray, textArray } from './pg-array';

type Parse = (text: string) => (string | null)[];
const { parse } = createRequire(__filename)('postgres-array') as { readonly parse: Parse };

it('gives every list of texts back as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.string({ unit: 'binary' }))), (values) => {
      expect(parse(textArray(values))).toEqual(values);
    }),
  );
});

it('tells an absent value from the text NULL, and an empty text from nothing', () => {
  expect(textArray(['NULL', null, ''])).toBe('{"NULL",NULL,""}');
  expect(textArray([])).toBe('{}');
});

it('escapes quotes and backslashes', () => {
  expect(textArray(['a"b', 'c\\d'])).toBe('{"a\\"b","c\\\\d"}');
});

it('writes numbers, bigints and booleans as they are', () => {
  expect(plainArray([1, -2.5, 9_007_199_254_740_993n, true, null])).toBe(
    '{1,-2.5,9007199254740993,true,NULL}',
  );
});
