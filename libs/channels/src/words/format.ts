import { minorToString, parseInstant, readMoney, roundMoney, type Money } from '@amends/domain';
import type { Reader } from './reader';

/**
 * An exact sum as its reader writes it, always with the ISO code: `1,234.50 BRL`, `1.234,50 EUR`.
 * No symbol: ¥ and $ are the money of several countries.
 */
export function formatMoneyFor(money: Money, { locale }: Pick<Reader, 'locale'>): string {
  const text = minorToString(money);
  const digits = text.includes('.') ? text.length - text.indexOf('.') - 1 : 0;
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  // Given as text, so that it never goes through a double.
  return `${format.format(text as Intl.StringNumericLiteral)} ${money.currency}`;
}

/** Money as an event carries it, rounded to what can be paid; undefined when it is none. */
export function formatEventMoney(value: unknown, reader: Reader): string | undefined {
  const exact = readMoney(value);
  return exact && formatMoneyFor(roundMoney(exact), reader);
}

/** Date and time in the reader's zone and language; undefined when the value is no instant. */
export function formatInstantFor(value: unknown, reader: Reader): string | undefined {
  return format(value, reader, { dateStyle: 'long', timeStyle: 'short' });
}

export function formatDayFor(value: unknown, reader: Reader): string | undefined {
  return format(value, reader, { dateStyle: 'long' });
}

function format(
  value: unknown,
  { locale, timeZone }: Reader,
  options: Intl.DateTimeFormatOptions,
): string | undefined {
  const instantMs =
    typeof value === 'number' ? value : typeof value === 'string' ? parseInstant(value) : undefined;
  if (instantMs === undefined) return undefined;
  return new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(instantMs);
}

/** An IANA zone, or UTC for one that is not known. */
export function knownZone(zone: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return zone;
  } catch {
    return 'UTC';
  }
}

/** A language tag in its usual form; undefined for one that is none. */
export function knownLocale(locale: string | null): string | undefined {
  if (locale === null) return undefined;
  try {
    return Intl.getCanonicalLocales(locale)[0];
  } catch {
    return undefined;
  }
}
