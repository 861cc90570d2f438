import { many, manyConditions, mistakes, nested, where } from './rule-fixtures';

describe('mistakes in conditions', () => {
  it.each<[what: string, document: unknown, expected: string[]]>([
    [
      'an unknown operator',
      where({ 'data.x': { gtee: 3, '>=': 3 } }),
      ['unknown_operator /detect/where/data.x/gtee', 'unknown_operator /detect/where/data.x/>='],
    ],
    [
      'operands',
      where({
        'data.a': { gt: 'soon' },
        'data.b': { gte: '10' },
        'data.c': { lt: true },
        'data.d': { in: 'x' },
        'data.e': { exists: 1 },
        'data.f': { eq: [1] },
        'data.g': [[1]],
        'data.h': null,
        'data.i': { in: [null] },
      }),
      [
        'operand_type /detect/where/data.a/gt',
        'operand_type /detect/where/data.b/gte',
        'operand_type /detect/where/data.c/lt',
        'operand_type /detect/where/data.d/in',
        'operand_type /detect/where/data.e/exists',
        'operand_type /detect/where/data.f/eq',
        'operand_type /detect/where/data.g/0',
        'null_operand /detect/where/data.h',
        'null_operand /detect/where/data.i/in/0',
      ],
    ],
    [
      'empty conditions',
      where({ 'data.x': {}, not: {}, any: [{}] }),
      [
        'empty_operators /detect/where/data.x',
        'empty_conditions /detect/where/not',
        'empty_conditions /detect/where/any/0',
      ],
    ],
    [
      'empty lists',
      where({ 'data.x': [], any: [] }),
      ['empty_list /detect/where/data.x', 'empty_list /detect/where/any'],
    ],
    [
      'shapes of any and not',
      where({ any: { 'data.x': 1 }, not: [{ 'data.x': 1 }] }),
      ['any_shape /detect/where/any', 'not_shape /detect/where/not'],
    ],
    ['an any of texts', where({ any: ['data.x'] }), ['any_shape /detect/where/any/0']],
    [
      'nine levels',
      where(nested(8)),
      ['conditions_too_deep /detect/where/any/0/any/0/any/0/any/0/any/0/any/0/any/0/any/0'],
    ],
    ['501 conditions', where(manyConditions(501)), ['too_many_conditions /detect/where/data.k500']],
    ['1001 values', where({ 'data.x': many(1001, 'a') }), ['too_many /detect/where/data.x']],
    [
      'bad paths',
      where({ 'data..x': 1, 'data.items[0]': 1, '': 1, 'data.a b': 1 }),
      [
        'bad_path /detect/where/data..x',
        'bad_path /detect/where/data.items[0]',
        'bad_path /detect/where/',
        'bad_path /detect/where/data.a b',
      ],
    ],
    [
      'a field that says more',
      where({ 'data.x': { field: 'data.y', gt: 1 } }),
      ['unknown_key /detect/where/data.x/gt'],
    ],
    [
      'a field that is no path',
      where({ 'data.x': { eq: { field: 7 } } }),
      ['wrong_type /detect/where/data.x/eq/field'],
    ],
  ])('%s', (_what, document, expected) => {
    expect(mistakes(document)).toEqual(expected);
  });
});
