import type { JsonObject } from '../json';
import type { Conditions } from '../rule-document';
import type { Scope } from '../values';
import { compileConditions, compileOperators } from './compile-conditions';

const price = { value: '5.00', currency: 'EUR' };
const data: JsonObject = {
  offer: 'rental',
  n: 10,
  one: '1',
  yes: true,
  gone: null,
  at: '2026-03-01T12:00:00+08:00',
  sameAt: '2026-03-01T04:00:00Z',
  later: '2026-03-01T04:00:01Z',
  price,
  cheaper: { value: '4.9', currency: 'EUR' },
  dollars: { value: '5.00', currency: 'USD' },
  lots: ['L1', 'L2'],
  numbers: [1, 2],
  nothings: [null],
  empty: [],
  text: 'a long text',
  map: { a: 1 },
};
const scope: Scope = {
  event: { type: 'delivery.delivered', data },
  vars: { moves: 2, start: { data: { n: 10 } } },
  facts: { late: 34, broken: NaN },
};
const facts = new Set(['late', 'broken', 'missing']);
const vars = new Set(['moves', 'start']);
const test = (doc: unknown): string =>
  compileConditions(doc as Conditions, facts, vars).test(scope);

describe('conditions', () => {
  it.each<[string, unknown]>([
    ['path: scalar equals', { 'data.offer': 'rental' }],
    ['path: list is one of', { 'data.offer': ['sale', 'rental'] }],
    ['path: {field} equals another field', { 'data.n': { field: 'start.data.n' } }],
    ['all entries hold', { 'data.offer': 'rental', 'data.n': { gte: 10 }, late: { gt: 30 } }],
    ['several operators hold', { 'data.n': { gte: 10, lt: 11, not: 12 } }],
    ['true is true', { 'data.yes': true }],
    ['numbers compare as numbers', { 'data.n': { gt: 9, lte: 10.0 } }],
    ['instants equal in any zone', { 'data.at': { eq: '2026-03-01T04:00:00Z' } }],
    ['instants of two fields equal', { 'data.at': { eq: { field: 'data.sameAt' } } }],
    ['instants are ordered', { 'data.at': { lt: { field: 'data.later' } } }],
    ['an instant is one of a list', { 'data.at': { in: ['x', '2026-03-01T05:00:00+01:00'] } }],
    ['a money by its value: against money', { 'data.price': { eq: '5.00 EUR', lt: '5.01 EUR' } }],
    ['a money by its value: against a number', { 'data.price': { gt: 0, eq: 5 } }],
    ['monies of two fields', { 'data.cheaper': { lt: { field: 'data.price' } } }],
    ['not', { 'data.offer': { not: 'sale' } }],
    ['not_in', { 'data.offer': { not_in: ['sale', 'gift'] } }],
    ['nothing is in an empty list', { 'data.offer': { not_in: [] } }],
    ['in a list of the event', { 'data.offer': { not_in: { field: 'data.lots' } } }],
    ['a list contains', { 'data.lots': { contains: 'L2' } }],
    ['a text contains', { 'data.text': { contains: 'long' } }],
    ['contains the value of a field', { 'data.numbers': { contains: { field: 'moves' } } }],
    ['exists', { 'data.map': { exists: true }, 'data.none': { exists: false } }],
    ['null is an absent key', { 'data.gone': { exists: false } }],
    ['a fact that is NaN is absent', { broken: { exists: false } }],
    ['any: one map of a list', { any: [{ 'data.n': 1 }, { 'data.n': 10 }] }],
    ['any: an undecidable map does no harm', { any: [{ 'data.none': 1 }, { 'data.n': 10 }] }],
    ['not: a map that must not hold', { not: { 'data.offer': 'sale' } }],
    ['not: one false test is enough', { not: { 'data.offer': 'sale', 'data.none': 1 } }],
    ['variables of the detect type', { moves: { gte: 2 } }],
  ])('%s', (_name, doc) => {
    expect(test(doc)).toBe('true');
  });

  it.each<[string, unknown]>([
    ['another text', { 'data.offer': 'sale' }],
    ['one of two tests fails', { 'data.offer': 'rental', 'data.n': 9 }],
    ['texts are exact', { 'data.offer': 'Rental' }],
    ['not what it is', { 'data.n': { not: 10 } }],
    ['not_in a list that has it', { 'data.offer': { not_in: ['rental'] } }],
    ['nothing is in an empty list', { 'data.n': { in: { field: 'data.empty' } } }],
    ['a list that lacks it', { 'data.lots': { contains: 'L3' } }],
    ['a list of other kinds lacks it', { 'data.lots': { contains: 1 } }],
    ['another money of the currency', { 'data.price': { not: '5.00 EUR' } }],
    ['exists, but does not', { 'data.none': { exists: true } }],
    ['does not exist, but does', { 'data.n': { exists: false } }],
    ['a false test beside an undecidable one', { 'data.none': 1, 'data.n': 9 }],
    ['not of what holds', { not: { 'data.offer': 'rental' } }],
    ['any of none', { any: [] }],
    ['a text that names no instant is not one', { 'data.offer': '2026-03-01T04:00:00Z' }],
  ])('surely false: %s', (_name, doc) => {
    expect(test(doc)).toBe('false');
  });

  it.each<[string, unknown]>([
    ['equals', { 'data.none': 'x' }],
    ['not', { 'data.none': { not: 'x' } }],
    ['in', { 'data.none': ['x'] }],
    ['not_in', { 'data.none': { not_in: ['x'] } }],
    ['an order', { 'data.none': { gt: 1 } }],
    ['contains', { 'data.none': { contains: 'x' } }],
    ['inside not', { not: { 'data.none': 'x' } }],
    ['inside any', { any: [{ 'data.none': 'x' }, { 'data.n': 1 }] }],
    ['a null', { 'data.gone': 'x' }],
    ['a fact that could not be computed', { missing: { gte: 1 } }],
    ['a fact that is NaN', { broken: { not: 1 } }],
    ['an operand that is absent', { 'data.n': { not: { field: 'data.none' } } }],
    ['a list operand that is absent', { 'data.n': { not_in: { field: 'data.none' } } }],
  ])('missing data never pays: %s of an absent field is undecidable', (_name, doc) => {
    expect(test(doc)).toBe('undecidable');
  });

  it.each<[string, unknown]>([
    ['1 and "1" differ', { 'data.one': 1 }],
    ['1 and "1" differ, not included', { 'data.one': { not: 1 } }],
    ['a text has no order', { 'data.offer': { gt: 'a' } }],
    ['an instant and a text have no order', { 'data.at': { gt: 'a' } }],
    ['a text and an instant have no order', { 'data.offer': { lt: '2026-03-01T04:00:00Z' } }],
    ['a text and a number have no order', { 'data.one': { lt: 2 } }],
    ['truth has no order', { 'data.yes': { gt: false } }],
    ['a map equals nothing', { 'data.map': { not: 'x' } }],
    ['a map is no money', { 'data.map': { gt: 0 } }],
    ['two currencies', { 'data.dollars': { lt: '6.00 EUR' } }],
    ['two currencies, not included', { 'data.dollars': { not: { field: 'data.price' } } }],
    ['a money is not its text', { 'data.offer': { gt: '5.00 EUR' } }],
    ['a list of other kinds', { 'data.n': { not_in: ['a', 'b'] } }],
    ['a list operand that is none', { 'data.n': { in: { field: 'data.offer' } } }],
    ['contains in a number', { 'data.n': { contains: 1 } }],
    ['a number in a text', { 'data.text': { contains: 1 } }],
    ['null as operand', { 'data.n': { not: null } }],
  ])('missing data never pays: wrong type: %s', (_name, doc) => {
    expect(test(doc)).toBe('undecidable');
  });

  it('a null in a list is no member of it', () => {
    expect(test({ 'data.n': { in: { field: 'data.nothings' } } })).toBe('false');
    expect(test({ 'data.n': { in: [null, 10] } })).toBe('true');
  });

  it('names every path it reads, once', () => {
    const doc: Conditions = {
      'data.n': { gte: 1, lt: { field: 'data.max' } },
      any: [{ 'data.n': 1 }, { not: { late: 3 } }],
    };
    expect(compileConditions(doc, facts, vars).paths).toEqual(['data.n', 'data.max', 'late']);
  });

  it('tells which paths have no answer', () => {
    const undecided = (doc: Conditions): string[] =>
      compileConditions(doc, facts, vars).undecidedPaths(scope);
    expect(undecided({ 'data.none': 1, 'data.one': 1, 'data.n': 10 })).toEqual([
      'data.none',
      'data.one',
    ]);
    expect(undecided({ 'data.n': { lt: { field: 'data.none' } } })).toEqual(['data.none']);
    expect(undecided({ any: [{ 'data.none': 1 }, { 'data.n': 10 }] })).toEqual([]);
    expect(undecided({ not: { 'data.none': 1, 'data.other': 2 } })).toEqual([
      'data.none',
      'data.other',
    ]);
  });
});

describe('why of conditions', () => {
  const explain = (doc: Conditions): unknown => compileConditions(doc, facts, vars).explain(scope);

  it('has a line per test, with the value met', () => {
    expect(explain({ late: { gte: 10 }, 'data.offer': { not_in: ['sale', 'gift'] } })).toEqual([
      { test: 'late >= 10', value: 34, ok: true },
      { test: 'data.offer not in [sale, gift]', value: 'rental', ok: true },
    ]);
  });

  it('says where there was no answer', () => {
    expect(explain({ 'data.none': { exists: false }, 'data.one': 1 })).toEqual([
      { test: 'data.none does not exist', value: null, ok: true },
      { test: 'data.one = 1', value: '1', ok: false, undecidable: true },
    ]);
  });

  it('nests what stands under any and not', () => {
    expect(explain({ any: [{ 'data.n': 1 }, { 'data.n': 10 }], not: { 'data.n': 1 } })).toEqual([
      {
        any: [
          [{ test: 'data.n = 1', value: 10, ok: false }],
          [{ test: 'data.n = 10', value: 10, ok: true }],
        ],
        ok: true,
      },
      { not: [{ test: 'data.n = 1', value: 10, ok: false }], ok: true },
    ]);
  });
});

describe('operators on a measure', () => {
  const is = compileOperators({ gte: 3, lt: { field: 'data.n' } }, facts, vars);

  it.each([
    [3, 'true'],
    [2, 'false'],
    [10, 'false'],
    [undefined, 'undecidable'],
    ['3', 'undecidable'],
  ])('%p is %s', (value, verdict) => {
    expect(is.test(value, scope)).toBe(verdict);
  });

  it('explains itself by the name of the measure', () => {
    expect(is.explain('count', 3, scope)).toEqual([
      { test: 'count >= 3', value: 3, ok: true },
      { test: 'count < data.n', value: 3, ok: true },
    ]);
  });

  it('compares a sum of money with money', () => {
    const over = compileOperators({ gt: '10.00 EUR' }, facts);
    expect(over.test({ value: '10.01', currency: 'EUR' }, scope)).toBe('true');
    expect(over.test({ value: '99.00', currency: 'USD' }, scope)).toBe('undecidable');
  });
});
