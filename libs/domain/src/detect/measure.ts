import {
  addDecimals,
  compareDecimals,
  type Decimal,
  decimalFromNumber,
  decimalToNumber,
  decimalToString,
  divideDecimals,
  readMoney,
} from '../values';
import type { Json } from '../json';
import type { GatheredItem } from './gathered-state';
import type { MeasureKind, WindowSpec } from './compiled-window';

/** A measure that could not be taken: two currencies, a ratio over nothing, or a number beyond every double. */
export const UNDECIDABLE = Symbol('undecidable');

/**
 * The measure over the events of one window. Numbers are added as the decimals they are written as (0.7 and 0.1
 * are 0.8), so that no bound is missed by a rounding, in whatever order the events arrived.
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
      return jsonOf(total(column(items, 0)));
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

/** A sum, exact; without a currency: of plain numbers. */
interface Total {
  readonly amount: Decimal;
  readonly currency: string | undefined;
}

function total(values: readonly Json[]): Total | undefined {
  const first = quantityOf(values[0] ?? null);
  if (first === undefined) return undefined;
  let { amount } = first;
  for (const value of values.slice(1)) {
    const quantity = quantityOf(value);
    if (quantity === undefined || quantity.currency !== first.currency) return undefined;
    amount = addDecimals(amount, quantity.amount);
  }
  return { amount, currency: first.currency };
}

function quantityOf(value: Json): Total | undefined {
  if (typeof value !== 'number') return readMoney(value);
  // Most are whole: no text has to be read.
  const amount = Number.isSafeInteger(value)
    ? { units: BigInt(value), scale: 0 }
    : decimalFromNumber(value);
  return amount && { amount, currency: undefined };
}

function jsonOf(sum: Total | undefined): Json | typeof UNDECIDABLE {
  if (sum === undefined) return UNDECIDABLE;
  const { amount, currency } = sum;
  if (currency !== undefined) return { value: decimalToString(amount), currency };
  return decimalToNumber(amount) ?? UNDECIDABLE;
}

function average(sum: Total | undefined, count: number): Json | typeof UNDECIDABLE {
  if (sum === undefined) return UNDECIDABLE;
  const { amount, currency } = sum;
  const divisor = { units: BigInt(count), scale: 0 };
  if (currency === undefined) return divideDecimals(amount, divisor) ?? UNDECIDABLE;
  // To nine places, the most that a money of an event can have.
  const places = Math.max(0, 9 - amount.scale);
  const units = (amount.units * 10n ** BigInt(places)) / divisor.units;
  return { value: decimalToString({ units, scale: amount.scale + places }), currency };
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
  if (over === undefined || under === undefined) return UNDECIDABLE;
  const [a, b] = [over.currency, under.currency];
  if (a !== undefined && b !== undefined && a !== b) return UNDECIDABLE;
  return divideDecimals(over.amount, under.amount) ?? UNDECIDABLE;
}
