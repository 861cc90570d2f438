import fc from 'fast-check';
import { dayNumber, formatInstant, parseInstant } from './instant';

describe('instant', () => {
  it.each([
    ['1970-01-01T00:00:00Z', 0],
    ['2026-03-01T12:34:10+08:00', Date.UTC(2026, 2, 1, 4, 34, 10)],
    ['2026-03-01T12:34:10-03:30', Date.UTC(2026, 2, 1, 16, 4, 10)],
    ['2026-03-01T00:00:00.5Z', Date.UTC(2026, 2, 1, 0, 0, 0, 500)],
    ['2026-03-01T00:00:00.123999999Z', Date.UTC(2026, 2, 1, 0, 0, 0, 123)],
    ['2026-03-01t00:00:00z', Date.UTC(2026, 2, 1)],
    ['2024-02-29T23:59:59Z', Date.UTC(2024, 1, 29, 23, 59, 59)],
    ['1969-12-31T23:59:59.999Z', -1],
    ['2026-03-01T00:00:00-00:00', Date.UTC(2026, 2, 1)],
  ])('reads %s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  it.each([
    '',
    '2026-03-01',
    '2026-03-01T00:00:00',
    '2026-03-01T00:00:00.123',
    '2026-03-01 00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2025-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-00-10T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-03-01T24:00:00Z',
    '2026-03-01T00:60:00Z',
    '2026-12-31T23:59:60Z',
    '2026-03-01T00:00:00.Z',
    '2026-03-01T00:00:00+8:00',
    '2026-03-01T00:00:00+0800',
    '2026-03-01T00:00:00+24:00',
    '2026-03-01T00:00:00+08:60',
    '2026-03-01T00:00:00Zx',
    '2026-03-01T00:00:00 Z',
    '26-03-01T00:00:00Z',
    '2026-3-1T00:00:00Z',
    '2026/03/01T00:00:00Z',
    '+002026-03-01T00:00:00Z',
    '2026-03-01T00.00.00Z',
    `2026-03-01T00:00:00.${'1'.repeat(60)}Z`,
  ])('%p is none', (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it('reads every date of four digits as the calendar says', () => {
    const date = fc.date({ min: new Date(0), max: new Date(253402300799999), noInvalidDate: true });
    fc.assert(
      fc.property(date, fc.integer({ min: -1439, max: 1439 }), (d, offsetMinutes) => {
        const local = new Date(d.getTime() + offsetMinutes * 60_000);
        fc.pre(local.getUTCFullYear() <= 9999 && local.getTime() >= 0);
        const size = Math.abs(offsetMinutes);
        const hours = String(Math.floor(size / 60)).padStart(2, '0');
        const minutes = String(size % 60).padStart(2, '0');
        const zone = `${offsetMinutes < 0 ? '-' : '+'}${hours}:${minutes}`;
        expect(parseInstant(local.toISOString().replace('Z', zone))).toBe(d.getTime());
        expect(parseInstant(formatInstant(d.getTime()))).toBe(d.getTime());
      }),
    );
  });

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        const ms = parseInstant(text);
        expect(ms === undefined || Number.isSafeInteger(ms)).toBe(true);
      }),
    );
  });

  it('writes instants beyond the four-digit years as the last one that can be written', () => {
    expect(formatInstant(Number.MAX_SAFE_INTEGER)).toBe('9999-12-31T23:59:59.999Z');
    expect(formatInstant(-Number.MAX_SAFE_INTEGER)).toBe('0000-01-01T00:00:00.000Z');
  });

  it('numbers days as the Gregorian calendar runs', () => {
    for (let day = -800_000; day < 1_000_000; day += 997) {
      const date = new Date(day * 86_400_000);
      const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + 1];
      expect(dayNumber(year, month, date.getUTCDate())).toBe(day);
    }
  });
});
