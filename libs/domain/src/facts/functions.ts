import { addDecimals, decimalToString, subtractDecimals } from '../values/decimal';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../values/duration';
import { parseInstant } from '../values/instant';
import { type ExactMoney, type MoneyJson, readMoney } from '../values/money';
import { findZone } from '../values/zone';

/** A fact could not be computed; never leaves the facts. */
export class FactFailure extends Error {}

export const minutes = (a: unknown, b: unknown): number => (instant(a) - instant(b)) / MINUTE_MS;
export const hours = (a: unknown, b: unknown): number => (instant(a) - instant(b)) / HOUR_MS;
export const days = (a: unknown, b: unknown): number => (instant(a) - instant(b)) / DAY_MS;

export function plus(a: unknown, b: unknown): MoneyJson {
  const [left, right] = monies(a, b);
  const amount = addDecimals(left.amount, right.amount);
  return { value: decimalToString(amount), currency: left.currency };
}

export function minus(a: unknown, b: unknown): MoneyJson {
  const [left, right] = monies(a, b);
  const amount = subtractDecimals(left.amount, right.amount);
  return { value: decimalToString(amount), currency: left.currency };
}

/** CEL's `timestamp(string)`, strictly RFC 3339. */
export function toTimestamp(text: unknown): Date {
  return new Date(instant(text));
}

/** The date whose UTC fields are the local ones of the zone. */
export function localDate(date: Date, zoneName: string): Date {
  const zone = findZone(zoneName);
  if (!zone) throw new FactFailure(`unknown time zone ${zoneName}`);
  return new Date(date.getTime() + zone.offsetMs(date.getTime()));
}

function instant(value: unknown): number {
  const instantMs = value instanceof Date ? value.getTime() : parseIfText(value);
  if (instantMs === undefined || Number.isNaN(instantMs)) {
    throw new FactFailure('not an RFC 3339 instant');
  }
  return instantMs;
}

function parseIfText(value: unknown): number | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined;
}

function monies(a: unknown, b: unknown): [ExactMoney, ExactMoney] {
  const left = readMoney(a);
  const right = readMoney(b);
  if (!left || !right) throw new FactFailure('not a money');
  if (left.currency !== right.currency) throw new FactFailure('monies of two currencies');
  return [left, right];
}
