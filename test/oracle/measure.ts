import { holds } from './condition';
import { Fraction } from './fraction';
import { moneyForEvent, moneyInEvent } from './money';
import type { RawRule } from './model';
import { lookup, type Scope } from './scope';

/** A number or a money; numbers have no currency. */
interface Quantity {
  value: Fraction;
  currency: string;
}

/** Whether an event counts: its measured path is there and, where it must be, a number. */
export function countsFor(measured: RawRule, scope: Scope): boolean {
  if (measured === 'count' || measured.share) return true;
  if (measured.distinct) return lookup(scope, measured.distinct) !== undefined;
  return pathsOf(measured).every((path) => quantity(lookup(scope, path)) !== undefined);
}

/** The measure of a window: a number or a money; undefined when it cannot be decided. */
export function measure(measured: RawRule, scopes: Scope[]): unknown {
  if (measured === 'count') return scopes.length;
  if (measured.share) {
    return scopes.filter((scope) => holds(measured.share, scope)).length / scopes.length;
  }
  if (measured.distinct) {
    return new Set(scopes.map((scope) => identityOf(lookup(scope, measured.distinct)))).size;
  }
  const columns = pathsOf(measured).map((path) =>
    scopes.flatMap((scope) => quantity(lookup(scope, path)) ?? []),
  );
  if (new Set(columns.flat().map(({ currency }) => currency)).size > 1) return undefined;
  const [first, second] = columns.map((column) => column.map(({ value }) => value));
  const result = ofColumns(Object.keys(measured)[0] ?? '', first ?? [], second ?? []);
  const currency = measured.ratio ? '' : (columns[0]?.[0]?.currency ?? '');
  if (!result) return undefined;
  return currency === '' ? result.toNumber() : moneyForEvent({ value: result, currency });
}

/** What makes two values one: a money's value and currency, else how it is written in JSON. */
function identityOf(value: unknown): string {
  const money = moneyInEvent(value);
  return JSON.stringify(money ? moneyForEvent(money) : value);
}

function ofColumns(name: string, values: Fraction[], others: Fraction[]): Fraction | undefined {
  const sum = (list: Fraction[]): Fraction => list.reduce((a, b) => a.plus(b), Fraction.zero);
  const sorted = [...values].sort((a, b) => a.compare(b));
  if (name === 'sum') return sum(values);
  if (name === 'avg') return sum(values).dividedBy(Fraction.ofNumber(values.length));
  if (name === 'min') return sorted[0];
  if (name === 'max') return sorted.at(-1);
  if (name === 'ratio' && sum(others).isZero()) return undefined;
  if (name === 'ratio') return sum(values).dividedBy(sum(others));
  throw new Error(`no such measure: ${name}`);
}

function pathsOf(measured: RawRule): string[] {
  return Object.values(measured).flat() as string[];
}

function quantity(value: unknown): Quantity | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) {
    return { value: Fraction.ofNumber(value), currency: '' };
  }
  return moneyInEvent(value);
}
