import { minorDigits } from './currency';
import { type Decimal, decimalToString, parseDecimal, pow10 } from './decimal';

/** A sum that can move: whole minor units of an active ISO 4217 currency. */
export interface Money {
  readonly minor: bigint;
  readonly currency: string;
}

/** Money as an event says it: it may be finer than the minor unit. */
export interface ExactMoney {
  readonly amount: Decimal;
  readonly currency: string;
}

export interface MoneyJson {
  readonly value: string;
  readonly currency: string;
}

export type MoneyProblem = 'money_format' | 'unknown_currency' | 'too_many_decimals';

export type MoneyLiteral =
  | { readonly ok: true; readonly money: Money }
  | { readonly ok: false; readonly problem: MoneyProblem };

const LITERAL = /^(\S+) ([A-Z]{3})$/;

/** Reads the literal of rule documents, `13.00 CNY`: no more decimals than the currency has. */
export function parseMoneyLiteral(text: string): MoneyLiteral {
  const match = LITERAL.exec(text);
  const amount = match ? parseDecimal(match[1] ?? '') : undefined;
  if (!match || !amount) return { ok: false, problem: 'money_format' };
  const currency = match[2] ?? '';
  const digits = minorDigits(currency);
  if (digits === undefined) return { ok: false, problem: 'unknown_currency' };
  if (amount.scale > digits) return { ok: false, problem: 'too_many_decimals' };
  return { ok: true, money: { minor: amount.units * pow10(digits - amount.scale), currency } };
}

/** Reads a literal as exactly as it is written, finer than the minor unit too: to compare, not to pay. */
export function parseExactLiteral(text: string): ExactMoney | undefined {
  const match = LITERAL.exec(text);
  const amount = match ? parseDecimal(match[1] ?? '') : undefined;
  const currency = match?.[2] ?? '';
  return amount && minorDigits(currency) !== undefined ? { amount, currency } : undefined;
}

/**
 * Reads `{"value": "13.00", "currency": "CNY"}`; anything else, a bare number above all, is no
 * money.
 */
export function readMoney(json: unknown): ExactMoney | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined;
  if (!Object.hasOwn(json, 'value') || !Object.hasOwn(json, 'currency')) return undefined;
  const { value, currency } = json as Record<string, unknown>;
  if (typeof value !== 'string' || typeof currency !== 'string') return undefined;
  if (minorDigits(currency) === undefined) return undefined;
  const amount = parseDecimal(value);
  return amount && { amount, currency };
}

/** `13.00 CNY`, with all the currency's decimals. */
export function formatMoney(money: Money): string {
  return `${minorToString(money)} ${money.currency}`;
}

export function moneyToJson(money: Money): MoneyJson {
  return { value: minorToString(money), currency: money.currency };
}

/** The sum without its currency: `13.00`. */
export function minorToString(money: Money): string {
  return decimalToString({ units: money.minor, scale: minorDigits(money.currency) ?? 0 });
}

export function toExact(money: Money): ExactMoney {
  const scale = minorDigits(money.currency) ?? 0;
  return { amount: { units: money.minor, scale }, currency: money.currency };
}

/** Rounds half up (towards the greater number) to the currency's minor unit. */
export function roundMoney(money: ExactMoney): Money {
  const digits = minorDigits(money.currency) ?? 0;
  const minor = roundHalfUp(money.amount.units * pow10(digits), pow10(money.amount.scale));
  return { minor, currency: money.currency };
}

/**
 * numerator / denominator to the nearest whole number, halves towards the greater one; denominator
 * > 0.
 */
export function roundHalfUp(numerator: bigint, denominator: bigint): bigint {
  const doubled = 2n * numerator + denominator;
  const divisor = 2n * denominator;
  const quotient = doubled / divisor;
  return doubled < 0n && quotient * divisor !== doubled ? quotient - 1n : quotient;
}
