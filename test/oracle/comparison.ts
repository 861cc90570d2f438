import { Fraction } from './fraction';
import { instantOf } from './instant';
import { type Money, moneyInEvent, moneyInRule } from './money';
import type { Verdict } from './verdict';

/** Less, equal or more; undefined for values that have no order between them. */
export function compareValues(left: unknown, right: unknown): number | undefined {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  const [from, to] = [instantOf(left), instantOf(right)];
  if (from !== undefined && to !== undefined) return from - to;
  return compareMonies(left, right);
}

/** Whether two values are the same; undefined when one is of the wrong type for the other. */
export function sameValue(left: unknown, right: unknown): Verdict {
  const sign = compareValues(left, right);
  if (sign !== undefined) return sign === 0;
  if (typeof left !== typeof right || typeof left === 'object') return undefined;
  return left === right;
}

/** A money compares by its value: with a number, or with a money of its currency. */
function compareMonies(left: unknown, right: unknown): number | undefined {
  const [a, b] = [moneyInEvent(left), moneyInEvent(right)];
  if (a) return compareMoney(a, b ?? moneyInRule(right) ?? right);
  if (!b) return undefined;
  const sign = compareMoney(b, moneyInRule(left) ?? left);
  return sign === undefined ? undefined : -sign;
}

function compareMoney(money: Money, other: unknown): number | undefined {
  if (typeof other === 'number') return money.value.compare(Fraction.ofNumber(other));
  if (!isMoney(other) || other.currency !== money.currency) return undefined;
  return money.value.compare(other.value);
}

function isMoney(value: unknown): value is Money {
  return typeof value === 'object' && value !== null && 'currency' in value;
}
