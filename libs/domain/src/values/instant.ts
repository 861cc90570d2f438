const DIGIT_0 = 48;
const DIGIT_9 = 57;

/**
 * Epoch milliseconds of an RFC 3339 date-time, which must name a real instant and its zone: no 30
 * February, no 24:00, no leap second. Digits beyond milliseconds are cut off.
 */
export function parseInstant(text: string): number | undefined {
  const length = text.length;
  if (length < 20 || length > 64) return undefined;
  if (!hasDateTimeMarks(text)) return undefined;
  const day = readDay(text);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (day === undefined || !inRange(hour, 23) || !inRange(minute, 59) || !inRange(second, 59)) {
    return undefined;
  }
  const zoneAt = endOfFraction(text);
  const offsetMinutes = zoneAt === -1 ? undefined : readOffsetMinutes(text, zoneAt);
  if (offsetMinutes === undefined) return undefined;
  const minutes = (day * 24 + hour) * 60 + minute - offsetMinutes;
  return (minutes * 60 + second) * 1000 + fractionMs(text, zoneAt);
}

/** The instant in UTC with milliseconds: `2026-03-01T00:00:00.000Z`. */
export function formatInstant(instantMs: number): string {
  return new Date(clampToDateRange(instantMs)).toISOString();
}

/** Days since 1970-01-01 of a civil date (proleptic Gregorian calendar). */
export function dayNumber(year: number, month: number, day: number): number {
  // Years run from March, so that the leap day is the last of its year and months have a linear
  // start.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  return era * 146_097 + dayOfEra + dayOfYear - 719_468;
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Day number of `YYYY-MM-DD` at the start of the text; undefined if there is no such day. */
export function readDay(text: string): number | undefined {
  const year = digits(text, 0, 4);
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  if (year < 0 || month < 1 || month > 12 || day < 1) return undefined;
  if (text[4] !== '-' || text[7] !== '-' || day > daysInMonth(year, month)) return undefined;
  return dayNumber(year, month, day);
}

function hasDateTimeMarks(text: string): boolean {
  const t = text[10];
  return (t === 'T' || t === 't') && text[13] === ':' && text[16] === ':';
}

function readOffsetMinutes(text: string, at: number): number | undefined {
  const sign = text[at];
  if (sign === 'Z' || sign === 'z') return text.length === at + 1 ? 0 : undefined;
  if ((sign !== '+' && sign !== '-') || text.length !== at + 6 || text[at + 3] !== ':') {
    return undefined;
  }
  const hours = digits(text, at + 1, 2);
  const minutes = digits(text, at + 4, 2);
  if (!inRange(hours, 23) || !inRange(minutes, 59)) return undefined;
  return sign === '-' ? -(hours * 60 + minutes) : hours * 60 + minutes;
}

/** Where the zone begins; -1 if a point stands without digits. */
function endOfFraction(text: string): number {
  if (text[19] !== '.') return 19;
  let at = 20;
  while (at < text.length && isDigit(text.charCodeAt(at))) at += 1;
  return at === 20 ? -1 : at;
}

function fractionMs(text: string, end: number): number {
  let ms = 0;
  for (let i = 0; i < 3; i += 1) {
    const at = 20 + i;
    ms = ms * 10 + (at < end ? text.charCodeAt(at) - DIGIT_0 : 0);
  }
  return ms;
}

/** The number in `count` digits, or -1. */
function digits(text: string, from: number, count: number): number {
  let value = 0;
  for (let i = from; i < from + count; i += 1) {
    const code = text.charCodeAt(i);
    if (!isDigit(code)) return -1;
    value = value * 10 + code - DIGIT_0;
  }
  return value;
}

function isDigit(code: number): boolean {
  return code >= DIGIT_0 && code <= DIGIT_9;
}

function inRange(value: number, max: number): boolean {
  return value >= 0 && value <= max;
}

/** What RFC 3339 can write: the years 0000 to 9999. */
function clampToDateRange(instantMs: number): number {
  return Math.min(Math.max(instantMs, -62_167_219_200_000), 253_402_300_799_999);
}
