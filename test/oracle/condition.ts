import { compareValues, sameValue } from './comparison';
import type { RawRule } from './model';
import { lookup, type Scope } from './scope';
import { allOf, anyOf, negation, type Verdict } from './verdict';

/** Whether a map of conditions holds; "missing data never pays". */
export function holds(map: RawRule, scope: Scope): boolean {
  return map === undefined || verdictOf(map, scope) === true;
}

function verdictOf(map: RawRule, scope: Scope): Verdict {
  return allOf(
    Object.entries(map).map(([path, test]: [string, RawRule]) => {
      if (path === 'any') return anyOf(test.map((one: RawRule) => verdictOf(one, scope)));
      if (path === 'not') return negation(verdictOf(test, scope));
      return testValue(lookup(scope, path), test, scope);
    }),
  );
}

/** The verdict on one value: `rental`, `[a, b]`, `{gte: 10}` or `{field: path}`. */
export function testValue(value: unknown, test: RawRule, scope: Scope): Verdict {
  if (Array.isArray(test)) return operator('in', value, test, scope);
  if (!isMap(test) || isReference(test)) return operator('eq', value, test, scope);
  return allOf(
    Object.entries(test).map(([name, operand]) => operator(name, value, operand, scope)),
  );
}

function operator(name: string, value: unknown, operand: RawRule, scope: Scope): Verdict {
  if (name === 'exists') return (value !== undefined) === operand;
  const other = resolve(operand, scope);
  if (value === undefined || other === undefined) return undefined;
  const order = (accept: (sign: number) => boolean): Verdict => {
    const sign = compareValues(value, other);
    return sign === undefined ? undefined : accept(sign);
  };
  switch (name) {
    case 'eq':
      return sameValue(value, other);
    case 'not':
      return negation(sameValue(value, other));
    case 'gt':
      return order((sign) => sign > 0);
    case 'gte':
      return order((sign) => sign >= 0);
    case 'lt':
      return order((sign) => sign < 0);
    case 'lte':
      return order((sign) => sign <= 0);
    case 'in':
      return memberOf(value, other);
    case 'not_in':
      return negation(memberOf(value, other));
    case 'contains':
      return contains(value, other);
    default:
      throw new Error(`no such operator: ${name}`);
  }
}

/** In a list; the wrong type only when no member is of the value's type. */
function memberOf(value: unknown, list: unknown): Verdict {
  if (!Array.isArray(list)) return undefined;
  const verdicts = list.map((member) => sameValue(value, member));
  if (verdicts.includes(true)) return true;
  return verdicts.length === 0 || verdicts.includes(false) ? false : undefined;
}

function contains(value: unknown, part: unknown): Verdict {
  if (Array.isArray(value)) return value.some((member) => sameValue(member, part) === true);
  if (typeof value !== 'string' || typeof part !== 'string') return undefined;
  return value.includes(part);
}

function resolve(operand: RawRule, scope: Scope): unknown {
  if (isReference(operand)) return lookup(scope, operand.field);
  if (!Array.isArray(operand)) return operand ?? undefined;
  return operand.map((member) => resolve(member, scope)).filter((member) => member !== undefined);
}

function isReference(operand: RawRule): boolean {
  return isMap(operand) && Object.keys(operand).length === 1 && typeof operand.field === 'string';
}

function isMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
