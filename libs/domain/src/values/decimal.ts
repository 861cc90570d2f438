/** An exact decimal number: units / 10^scale. */
export interface Decimal {
  readonly units: bigint;
  readonly scale: number;
}

const PLAIN = /^(-?)(\d{1,15})(?:\.(\d{1,9}))?$/;
const SCIENTIFIC = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

const POWERS: bigint[] = [];

/** 10^exponent, exponent a whole number >= 0. */
export function pow10(exponent: number): bigint {
  return (POWERS[exponent] ??= 10n ** BigInt(exponent));
}

/** Reads `-12.50`: no exponent, no sign but `-`, at most 15 digits before the point and 9 after. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = PLAIN.exec(text);
  if (!match) return undefined;
  const fraction = match[3] ?? '';
  const units = BigInt((match[2] ?? '') + fraction);
  return { units: match[1] ? -units : units, scale: fraction.length };
}

/** The decimal that a finite number is written as (0.1 is exactly one tenth). */
export function decimalFromNumber(value: number): Decimal | undefined {
  const match = Number.isFinite(value) ? SCIENTIFIC.exec(String(value)) : null;
  if (!match) return undefined;
  const fraction = match[3] ?? '';
  const digits = BigInt((match[2] ?? '') + fraction);
  const units = match[1] ? -digits : digits;
  const scale = fraction.length - Number(match[4] ?? 0);
  return scale < 0 ? { units: units * pow10(-scale), scale: 0 } : { units, scale };
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  return { units: unitsAt(a, scale) + unitsAt(b, scale), scale };
}

export function subtractDecimals(a: Decimal, b: Decimal): Decimal {
  return addDecimals(a, { units: -b.units, scale: b.scale });
}

export function multiplyDecimals(a: Decimal, b: Decimal): Decimal {
  return { units: a.units * b.units, scale: a.scale + b.scale };
}

/** Negative, zero or positive as a is below, equal to or above b. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  const scale = Math.max(a.scale, b.scale);
  const left = unitsAt(a, scale);
  const right = unitsAt(b, scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Digits of a quotient: more than a double can tell apart. */
const QUOTIENT_DIGITS = 40;

/** The double nearest to a / b; undefined where b is zero or no double is as large. */
export function divideDecimals(a: Decimal, b: Decimal): number | undefined {
  if (b.units === 0n) return undefined;
  const [over, under] = [a.units * pow10(b.scale), b.units * pow10(a.scale)];
  // So many places that the quotient has its digits however small it is.
  const places = Math.max(0, QUOTIENT_DIGITS + lengthOf(under) - lengthOf(over));
  return decimalToNumber({ units: (over * pow10(places)) / under, scale: places });
}

/** The double nearest to it; undefined where none is as large. */
export function decimalToNumber(value: Decimal): number | undefined {
  const number = Number(decimalToString(value));
  return Number.isFinite(number) ? number : undefined;
}

function lengthOf(units: bigint): number {
  return String(units < 0n ? -units : units).length;
}

export function decimalToString(value: Decimal): string {
  const negative = value.units < 0n;
  const digits = String(negative ? -value.units : value.units).padStart(value.scale + 1, '0');
  const point = digits.length - value.scale;
  const text = value.scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`;
  return negative ? `-${text}` : text;
}

function unitsAt(value: Decimal, scale: number): bigint {
  return value.scale === scale ? value.units : value.units * pow10(scale - value.scale);
}
