import { factVariables } from './fact-variables';

const needs = (source: string): string[] => [
  ...(factVariables({ a: source }, new Set(['expect', 'due'])).get('a') ?? []),
];

describe('factVariables', () => {
  it.each([
    ['minutes(expect.time, due)', ['expect', 'due']],
    ['data.expect + 1', []],
    ['data .expect', []],
    ['"expect"', []],
    [`'''expect''' + "a\\"due"`, []],
    ['r"\\" + expect', ['expect']],
    ['data.x // due\n + 1', []],
    ['expected + overdue', []],
    ['1+due', ['due']],
    ['[expect]', ['expect']],
  ])('of %s are %j', (source, variables) => {
    expect(needs(source)).toEqual(variables);
  });

  it('come with the facts that a fact is built on', () => {
    const lets = { a: 'expect.time', b: 'a + "x"', c: 'data.a' };
    const found = factVariables(lets, new Set(['expect']));
    expect([...found].map(([name, names]) => [name, [...names]])).toEqual([
      ['a', ['expect']],
      ['b', ['expect']],
      ['c', []],
    ]);
  });
});
