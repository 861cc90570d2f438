import type { Conditions, Operand, Operators } from '../rule-document';
import { decimalToString } from '../values/decimal';
import { parseInstant } from '../values/instant';
import { parseExactLiteral, readMoney } from '../values/money';
import { pathRoot } from '../values/path';
import { asOperators } from './compile-conditions';

export type IndexKey = string | number | boolean;

/** A test that an event must pass, by a look-up of `indexKey` of the value at the path. */
export type IndexableTest = IndexableValues | IndexableRange;

export interface IndexableValues {
  readonly path: string;
  readonly kind: 'eq' | 'in';
  readonly values: readonly IndexKey[];
}

export interface IndexableRange {
  readonly path: string;
  readonly kind: 'range';
  /**
   * Bounds are inclusive here, those of `gt` and `lt` too: the index only sorts out what surely
   * fails.
   */
  readonly gte?: number;
  readonly lte?: number;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * The tests of a map that an index over many rules may use: top level, literal operands, plain
 * paths of the event. An event that fails one of them surely does not satisfy the map; one that
 * passes all may still not.
 */
export function indexable(
  doc: Conditions,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string> = NO_NAMES,
): IndexableTest[] {
  return Object.entries(doc).flatMap(([path, operand]) => {
    if (path === 'any' || path === 'not') return [];
    if (pathRoot(path.split('.')[0] ?? '', factNames, varNames) !== 'event') return [];
    return testsOf(path, asOperators(operand as Operand));
  });
}

/** What a value is looked up by in an index; undefined fails every indexable test. */
export function indexKey(value: unknown): IndexKey | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    default: {
      // A money compares with a number by its value. Rounding it to a double never changes an order
      // into the opposite one, which is why bounds are inclusive.
      const money = readMoney(value);
      return money && Number(decimalToString(money.amount));
    }
  }
}

function testsOf(path: string, operators: Operators): IndexableTest[] {
  const tests: IndexableTest[] = [];
  if (isKey(operators.eq)) tests.push({ path, kind: 'eq', values: [operators.eq] });
  const list = operators.in;
  if (Array.isArray(list)) {
    const values = (list as readonly unknown[]).filter((value) => value !== null);
    if (values.every(isKey)) tests.push({ path, kind: 'in', values });
  }
  const range = rangeOf(operators);
  if (range) tests.push({ path, kind: 'range', ...range });
  return tests;
}

function rangeOf(operators: Operators): Omit<IndexableRange, 'path' | 'kind'> | undefined {
  const gte = extreme(Math.max, operators.gte, operators.gt);
  const lte = extreme(Math.min, operators.lte, operators.lt);
  if (gte === undefined && lte === undefined) return undefined;
  return { ...(gte === undefined ? {} : { gte }), ...(lte === undefined ? {} : { lte }) };
}

function extreme(
  pick: (...values: number[]) => number,
  ...operands: readonly unknown[]
): number | undefined {
  const numbers = operands.filter((operand) => typeof operand === 'number');
  return numbers.length === 0 ? undefined : pick(...numbers);
}

/** Instants and monies equal values that are written otherwise, so they can not be looked up. */
function isKey(value: unknown): value is IndexKey {
  if (typeof value === 'number' || typeof value === 'boolean') return true;
  if (typeof value !== 'string') return false;
  return parseInstant(value) === undefined && parseExactLiteral(value) === undefined;
}
