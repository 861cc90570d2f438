import { type Decimal, compareDecimals, decimalFromNumber } from '../values/decimal';
import { parseInstant } from '../values/instant';
import { type ExactMoney, parseExactLiteral, readMoney } from '../values/money';

/** A value beside what it may be read as; made once for a literal, per test for a field. */
export interface Comparable {
  readonly raw: unknown;
  /** Epoch milliseconds, if it is a string that names an instant. */
  readonly instantMs: number | undefined;
  readonly money: ExactMoney | undefined;
}

/** A literal of the rule: here the text `5.00 EUR` stands for money too. */
export function comparableLiteral(raw: unknown): Comparable {
  if (typeof raw !== 'string') return { raw, instantMs: undefined, money: undefined };
  return { raw, instantMs: parseInstant(raw), money: parseExactLiteral(raw) };
}

/** A value of an event or a fact. */
export function comparableValue(raw: unknown): Comparable {
  return {
    raw,
    instantMs: typeof raw === 'string' ? parseInstant(raw) : undefined,
    money: readMoney(raw),
  };
}

/** Are they equal? undefined between values of different kinds (1 and "1", two currencies). */
export function isEqual(value: unknown, other: Comparable): boolean | undefined {
  const { raw } = other;
  if (typeof value === 'string' && typeof raw === 'string') {
    if (value === raw) return true;
    return other.instantMs !== undefined && parseInstant(value) === other.instantMs;
  }
  if (typeof value === 'number' && typeof raw === 'number') return value === raw;
  if (typeof value === 'boolean' && typeof raw === 'boolean') return value === raw;
  const order = orderByValue(value, other);
  return order === undefined ? undefined : order === 0;
}

/** Negative, zero or positive; undefined where there is no order. */
export function order(value: unknown, other: Comparable): number | undefined {
  const { raw } = other;
  if (typeof value === 'number' && typeof raw === 'number') return value - raw;
  if (typeof value === 'string' && typeof raw === 'string') {
    const instantMs = other.instantMs === undefined ? undefined : parseInstant(value);
    return instantMs === undefined || other.instantMs === undefined
      ? undefined
      : instantMs - other.instantMs;
  }
  return orderByValue(value, other);
}

/**
 * Is the value one of them? With none of its kind among them there is no answer, unless there are
 * none at all: nothing is in an empty list.
 */
export function isMember(value: unknown, others: readonly Comparable[]): boolean | undefined {
  let answer = others.length === 0 ? false : undefined;
  for (const other of others) {
    const equal = isEqual(value, other);
    if (equal) return true;
    if (equal === false) answer = false;
  }
  return answer;
}

/** A money by its value: against money of its currency, or against a bare number. */
function orderByValue(value: unknown, other: Comparable): number | undefined {
  const money = readMoney(value);
  const left = money?.amount ?? plainNumber(value);
  const right = other.money?.amount ?? plainNumber(other.raw);
  if (!left || !right || (!money && !other.money)) return undefined;
  if (money && other.money && money.currency !== other.money.currency) return undefined;
  return compareDecimals(left, right);
}

function plainNumber(value: unknown): Decimal | undefined {
  return typeof value === 'number' ? decimalFromNumber(value) : undefined;
}
