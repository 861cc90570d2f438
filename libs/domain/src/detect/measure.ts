import { addDecimals, compareDecimals, type Decimal, decimalToString, readMoney } from '../values';
import type { Json } from '../json';
import type { GatheredItem } from './gathered-state';
import type { MeasureKind, WindowSpec } from './compiled-window';

/** A measure that could not be taken: two currencies, or a ratio over nothing. */
export const UNDECIDABLE = Symbol('undecidable');

/**
 * The measure over the events of one window, in (time, source, id) order, so that sums of doubles come out the
 * same in whatever order the events arrived.
 */
export function measure(
  spec: WindowSpec,
  items: readonly GatheredItem[],
): Json | typeof UNDECIDABLE {
  switch (spec.measure) {
    case 'count':
      return items.length;
    case 'distinct':
      return new Set(items.map((item) => JSON.stringify(item.v?.[0]))).size;
    case 'share':
      return items.reduce((sum, item) => sum + Number(item.v?.[0] ?? 0), 0) / items.length;
    case 'ratio':
      return ratio(items);
    case 'sum':
      return total(column(items, 0));
    case 'avg':
      return average(total(column(items, 0)), items.length);
    case 'min':
      return extreme(column(items, 0), -1);
    case 'max':
      return extreme(column(items, 0), 1);
  }
}

/** Whether a measured value is one the measure can use; monies count as numbers. */
export function isMeasurable(kind: MeasureKind, value: unknown): boolean {
  if (kind === 'distinct') return ['string', 'number', 'boolean'].includes(typeof value);
  return typeof value === 'number' ? Number.isFinite(value) : readMoney(value) !== undefined;
}

function column(items: readonly GatheredItem[], index: number): Json[] {
  return items.map((item) => item.v?.[index] ?? null);
}

function total(values: readonly Json[]): Json | typeof UNDECIDABLE {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === values.length) return numbers.reduce((sum, value) => sum + value, 0);
  const monies = values.map(readMoney);
  const currency = monies[0]?.currency;
  let sum: Decimal = { units: 0n, scale: 0 };
  for (const money of monies) {
    if (!money || money.currency !== currency) return UNDECIDABLE;
    sum = addDecimals(sum, money.amount);
  }
  return { value: decimalToString(sum), currency: currency ?? '' };
}

function average(sum: Json | typeof UNDECIDABLE, count: number): Json | typeof UNDECIDABLE {
  if (typeof sum === 'number') return sum / count;
  const money = typeof sum === 'symbol' ? undefined : readMoney(sum);
  if (!money) return UNDECIDABLE;
  // To nine places, the most that a money of an event can have.
  const places = Math.max(0, 9 - money.amount.scale);
  const units = (money.amount.units * 10n ** BigInt(places)) / BigInt(count);
  const amount = { units, scale: money.amount.scale + places };
  return { value: decimalToString(amount), currency: money.currency };
}

function extreme(values: readonly Json[], sign: 1 | -1): Json | typeof UNDECIDABLE {
  let best = values[0] ?? null;
  for (const value of values) {
    const order = compareMeasured(value, best);
    if (order === undefined) return UNDECIDABLE;
    if (order * sign > 0) best = value;
  }
  return best;
}

function compareMeasured(a: Json, b: Json): number | undefined {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [x, y] = [readMoney(a), readMoney(b)];
  if (!x || x.currency !== y?.currency) return undefined;
  return compareDecimals(x.amount, y.amount);
}

function ratio(items: readonly GatheredItem[]): Json | typeof UNDECIDABLE {
  const over = total(column(items, 0));
  const under = total(column(items, 1));
  if (currencyOf(over) !== currencyOf(under) && currencyOf(over) && currencyOf(under))
    return UNDECIDABLE;
  const [p, q] = [asNumber(over), asNumber(under)];
  const value = p === undefined || q === undefined ? NaN : p / q;
  return Number.isFinite(value) ? value : UNDECIDABLE;
}

function asNumber(value: Json | typeof UNDECIDABLE): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value === 'symbol') return undefined;
  const money = readMoney(value);
  return money && Number(decimalToString(money.amount));
}

function currencyOf(value: Json | typeof UNDECIDABLE): string | undefined {
  return typeof value === 'symbol' ? undefined : readMoney(value)?.currency;
}
