import fc from 'fast-check';
import type { Expectation } from './expectation';
import { expectedPerDay } from './expected-per-day';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TO_MS = Date.parse('2026-03-08T00:00:00Z');

function expectation(days: number, hourly: readonly [hoursBefore: number, eur: string][]) {
  const hours = hourly.map(([before, eur]) => {
    const hour = String(TO_MS / HOUR_MS - before);
    return [hour, { hits: 1, payouts: 1, spent: { EUR: eur } }] as const;
  });
  return {
    fromMs: TO_MS - days * DAY_MS,
    toMs: TO_MS,
    hours: Object.fromEntries(hours),
    customerDays: hourly.length,
  } satisfies Expectation;
}

describe('what a day of a rule is expected to bring', () => {
  it('is the mean of the days that history covers', () => {
    const week = expectation(7, [
      [1, '700'],
      [30, '1400'],
      [160, '700'],
    ]);

    expect(expectedPerDay(week, 100)).toEqual({
      customers: 0,
      money: [{ minor: 400n, currency: 'EUR' }],
    });
    expect(expectedPerDay({ ...week, customerDays: 70 }, 50)).toEqual({
      customers: 5,
      money: [{ minor: 200n, currency: 'EUR' }],
    });
  });

  it('does not stretch a few hours to a day', () => {
    expect(expectedPerDay(expectation(0.25, [[2, '500']]), 100)).toEqual({
      customers: 1,
      money: [{ minor: 500n, currency: 'EUR' }],
    });
  });

  it('leaves out what began before, and is nothing known where nothing was covered', () => {
    expect(expectedPerDay(expectation(1, [[25, '500']]), 100)?.money).toEqual([]);
    expect(expectedPerDay(expectation(0, []), 100)).toBeUndefined();
    expect(expectedPerDay({ ...expectation(7, []), customerDays: null }, 100)).toBeUndefined();
  });

  it('is never more for fewer of the customers', () => {
    const percent = fc.integer({ min: 0, max: 100 });
    const sums = fc.array(
      fc.tuple(fc.integer({ min: 1, max: 168 }), fc.bigInt(0n, 10n ** 12n).map(String)),
    );
    fc.assert(
      fc.property(sums, percent, percent, (hourly, a, b) => {
        const of = (part: number) => expectedPerDay(expectation(7, hourly), part);
        const [less, more] = [of(Math.min(a, b)), of(Math.max(a, b))];
        expect(less?.customers).toBeLessThanOrEqual(more?.customers ?? -1);
        const sum = (money = less?.money) => money?.[0]?.minor ?? 0n;
        expect(sum(less?.money) <= sum(more?.money)).toBe(true);
      }),
    );
  });
});
