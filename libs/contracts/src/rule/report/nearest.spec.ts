import { nearest } from './nearest';

describe('nearest', () => {
  it.each([
    ['limts', 'limits'],
    ['skipIf', 'skip_if'],
    ['skip-if', 'skip_if'],
    ['TESTS', 'tests'],
    ['wehre', 'where'],
    ['xyz', undefined],
    ['', undefined],
    ['x'.repeat(100_000), undefined],
  ])('to %.20s is %s', (word, expected) => {
    expect(nearest(word, ['limits', 'skip_if', 'tests', 'where'])).toBe(expected);
  });

  it('is not the word itself', () => {
    expect(nearest('where', ['where'])).toBeUndefined();
  });
});
