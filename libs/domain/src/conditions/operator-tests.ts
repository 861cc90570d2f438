import type { FieldRef, Operators, Scalar } from '../rule-document';
import { type PathReader, compilePath } from '../values/path';
import type { Scope } from '../values/scope';
import {
  type Comparable,
  comparableLiteral,
  comparableValue,
  isEqual,
  isMember,
  order,
} from './compare';
import { type Verdict3, negate, verdictOf } from './verdict';

/** One operator with its operand, ready to be asked about a value. */
export interface OperatorTest {
  /** The operator and its operand as `why` shows them: `>= 10`. */
  readonly text: string;
  /** Paths that `{field: …}` operands read. */
  readonly fields: readonly string[];
  readonly test: (value: unknown, scope: Scope) => Verdict3;
}

/** Where names are looked up. */
export interface Names {
  readonly facts: ReadonlySet<string>;
  readonly vars: ReadonlySet<string>;
}

type OneOperand = Scalar | FieldRef;
type ListOperand = readonly Scalar[] | FieldRef;
type Answer = (value: unknown, operand: Comparable) => boolean | undefined;

const SYMBOLS = { eq: '=', not: '!=', gte: '>=', gt: '>', lte: '<=', lt: '<' } as const;

const ANSWERS: Readonly<Record<keyof typeof SYMBOLS, Answer>> = {
  eq: isEqual,
  not: (value, operand) => opposite(isEqual(value, operand)),
  gte: (value, operand) => ordered(order(value, operand), (sign) => sign >= 0),
  gt: (value, operand) => ordered(order(value, operand), (sign) => sign > 0),
  lte: (value, operand) => ordered(order(value, operand), (sign) => sign <= 0),
  lt: (value, operand) => ordered(order(value, operand), (sign) => sign < 0),
};

/** The tests of an operator map, in the order they are written. */
export function operatorTests(operators: Operators, names: Names): OperatorTest[] {
  return Object.entries(operators).flatMap(([name, operand]) =>
    operand === undefined ? [] : [operatorTest(name, operand as unknown, names)],
  );
}

function operatorTest(name: string, operand: unknown, names: Names): OperatorTest {
  switch (name) {
    case 'eq':
    case 'not':
    case 'gte':
    case 'gt':
    case 'lte':
    case 'lt':
      return comparison(name, operand as OneOperand, names);
    case 'in':
      return membership(operand as ListOperand, names);
    case 'not_in':
      return inverted(membership(operand as ListOperand, names));
    case 'contains':
      return containment(operand as OneOperand, names);
    case 'exists':
      return existence(operand as boolean);
    default:
      throw new Error(`unknown operator ${name}`);
  }
}

function comparison(name: keyof typeof SYMBOLS, operand: OneOperand, names: Names): OperatorTest {
  const text = `${SYMBOLS[name]} ${operandText(operand)}`;
  const answer = ANSWERS[name];
  const field = fieldOf(operand);
  if (field === undefined) {
    const literal = comparableLiteral(operand);
    const fast = typeof operand === 'number' ? numberTest(name, operand) : undefined;
    return {
      text,
      fields: [],
      test: (value) => {
        if (value === undefined) return 'undecidable';
        if (fast && typeof value === 'number') return fast(value) ? 'true' : 'false';
        return verdictOf(answer(value, literal));
      },
    };
  }
  const read = reader(field, names);
  return {
    text,
    fields: [field],
    test: (value, scope) => {
      const other = value === undefined ? undefined : read(scope);
      if (other === undefined) return 'undecidable';
      return verdictOf(answer(value, comparableValue(other)));
    },
  };
}

function numberTest(name: keyof typeof SYMBOLS, bound: number): (value: number) => boolean {
  switch (name) {
    case 'eq':
      return (value) => value === bound;
    case 'not':
      return (value) => value !== bound;
    case 'gte':
      return (value) => value >= bound;
    case 'gt':
      return (value) => value > bound;
    case 'lte':
      return (value) => value <= bound;
    case 'lt':
      return (value) => value < bound;
  }
}

function membership(operand: ListOperand, names: Names): OperatorTest {
  const field = fieldOf(operand);
  if (field === undefined) {
    const scalars = operand as readonly Scalar[];
    const literals = scalars.filter((scalar) => scalar !== null).map(comparableLiteral);
    return {
      text: `in [${scalars.map(String).join(', ')}]`,
      fields: [],
      test: (value) => (value === undefined ? 'undecidable' : verdictOf(isMember(value, literals))),
    };
  }
  const read = reader(field, names);
  return {
    text: `in ${field}`,
    fields: [field],
    test: (value, scope) => {
      const list = value === undefined ? undefined : read(scope);
      if (!Array.isArray(list)) return 'undecidable';
      return verdictOf(isMember(value, comparables(list)));
    },
  };
}

function containment(operand: OneOperand, names: Names): OperatorTest {
  const field = fieldOf(operand);
  const read = field === undefined ? undefined : reader(field, names);
  const literal = field === undefined ? comparableLiteral(operand) : undefined;
  return {
    text: `contains ${operandText(operand)}`,
    fields: field === undefined ? [] : [field],
    test: (value, scope) => {
      const needle = read ? optionalComparable(read(scope)) : literal;
      return needle ? verdictOf(contains(value, needle)) : 'undecidable';
    },
  };
}

function existence(wanted: boolean): OperatorTest {
  return {
    text: wanted ? 'exists' : 'does not exist',
    fields: [],
    test: (value) => ((value !== undefined) === wanted ? 'true' : 'false'),
  };
}

function inverted(test: OperatorTest): OperatorTest {
  return {
    ...test,
    text: `not ${test.text}`,
    test: (value, scope) => negate(test.test(value, scope)),
  };
}

/** A list contains an equal value; a string contains a piece of text. */
function contains(value: unknown, needle: Comparable): boolean | undefined {
  if (Array.isArray(value)) {
    if (needle.raw === null) return undefined;
    return value.some((item) => isEqual(item, needle) === true);
  }
  if (typeof value !== 'string' || typeof needle.raw !== 'string') return undefined;
  return value.includes(needle.raw);
}

function comparables(list: readonly unknown[]): Comparable[] {
  return list.filter((item) => item !== null).map(comparableValue);
}

function optionalComparable(value: unknown): Comparable | undefined {
  return value === undefined ? undefined : comparableValue(value);
}

function opposite(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function ordered(sign: number | undefined, holds: (sign: number) => boolean): boolean | undefined {
  return sign === undefined ? undefined : holds(sign);
}

function fieldOf(operand: unknown): string | undefined {
  return typeof operand === 'object' && operand !== null && 'field' in operand
    ? String(operand.field)
    : undefined;
}

function operandText(operand: OneOperand): string {
  return typeof operand === 'object' ? (fieldOf(operand) ?? 'null') : String(operand);
}

function reader(path: string, names: Names): PathReader {
  return compilePath(path, names.facts, names.vars);
}
