import fc from 'fast-check';
import type { Json } from '../json';
import type { Conditions } from '../rule-document';
import { compilePath } from '../values';
import { compileConditions } from './compile-conditions';
import { indexable, indexKey, type IndexableTest } from './indexable';

describe('indexable tests', () => {
  it('are the literal tests at the top level on paths of the event', () => {
    const doc: Conditions = {
      type: 'a',
      'data.offer': ['rental', 'sale'],
      'data.ms': { gte: 10, lt: 20 },
      'data.n': { eq: 1, not: 2 },
      'data.other': { eq: { field: 'data.n' }, contains: 'x', exists: true },
      late: { gte: 5 },
      moves: 2,
      any: [{ 'data.x': 1 }],
      not: { 'data.y': 1 },
    };
    expect(indexable(doc, new Set(['late']), new Set(['moves']))).toEqual([
      { path: 'type', kind: 'eq', values: ['a'] },
      { path: 'data.offer', kind: 'in', values: ['rental', 'sale'] },
      { path: 'data.ms', kind: 'range', gte: 10, lte: 20 },
      { path: 'data.n', kind: 'eq', values: [1] },
    ]);
  });

  it('are none where equal values may be written otherwise', () => {
    const doc: Conditions = {
      'data.at': '2026-03-01T00:00:00Z',
      'data.price': '5.00 EUR',
      'data.mixed': ['x', '5.00 EUR'],
      'data.deadline': { lt: '2026-03-01T00:00:00Z' },
    };
    expect(indexable(doc, new Set())).toEqual([]);
  });

  it('what fails one surely does not satisfy the map', () => {
    const text = fc.constantFrom('a', '1', '2026-03-01T00:00:00Z', '5.00 EUR');
    const number = fc.constantFrom(0, 1, 5, 5.5, -1, 0.1);
    const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
    const money = fc.record({
      value: fc.constantFrom('5', '5.00', '5.000000001', '0.1', '-1.0'),
      currency: fc.constantFrom('EUR', 'USD'),
    });
    const value: fc.Arbitrary<Json> = fc.oneof(scalar, money, fc.array(scalar, { maxLength: 2 }));
    const bounds = fc.dictionary(fc.constantFrom('gte', 'gt', 'lte', 'lt'), scalar, { maxKeys: 3 });
    const operand = fc.oneof(
      scalar,
      fc.array(scalar, { maxLength: 3 }),
      bounds,
      fc.record({ eq: scalar }),
    );
    fc.assert(
      fc.property(operand, value, (test, met) => {
        const doc = { 'data.x': test } as Conditions;
        const scope = { event: { data: { x: met } }, vars: {}, facts: {} };
        const found = compilePath('data.x', new Set())(scope);
        const passes = indexable(doc, new Set()).every((one) => passesIndex(one, found));
        if (!passes) expect(compileConditions(doc, new Set()).test(scope)).not.toBe('true');
      }),
      { numRuns: 5000 },
    );
  });
});

function passesIndex(test: IndexableTest, value: unknown): boolean {
  const key = indexKey(value);
  if (key === undefined) return false;
  if (test.kind !== 'range') return test.values.includes(key);
  if (typeof key !== 'number') return false;
  return key >= (test.gte ?? -Infinity) && key <= (test.lte ?? Infinity);
}
