import type { SimulatedIncident } from '@amends/domain';
import { expectedHour, hoursOf } from './expected-hours';

const HOUR_MS = 3_600_000;
const NOON_MS = Date.parse('2026-03-01T12:00:00Z');

const incident = (
  atMs: number,
  payments: SimulatedIncident['payments'],
  refuted = false,
): SimulatedIncident => ({
  key: 'o1',
  atMs,
  customer: 'ana',
  refuted,
  closedAtMs: null,
  payments,
  facts: {},
});
const paid = (amount: string) => ({ atMs: 0, outcome: 'paid', amount }) as const;

const hours = hoursOf([
  incident(NOON_MS, [paid('5.00 EUR')]),
  incident(NOON_MS + 1, [paid('2.50 EUR'), paid('300 JPY')]),
  incident(NOON_MS + 2, [{ atMs: 0, outcome: 'skipped' }]),
  incident(NOON_MS + 3, [{ atMs: 0, outcome: 'review', amount: '1.00 EUR' }]),
  incident(NOON_MS + 4, [paid('99.00 EUR')], true),
  incident(NOON_MS + HOUR_MS, [paid('9.00 EUR')]),
]);

describe('what was to be expected of an hour', () => {
  it('counts what was found and what was owed; what was refuted is neither', () => {
    expect(expectedHour(hours, NOON_MS + 1, 100)).toEqual({
      hits: 4,
      payouts: 4,
      failed: 0,
      spent: new Map([
        ['EUR', 850n],
        ['JPY', 300n],
      ]),
    });
  });

  it('is that of the busier of the two hours of the clock it lies in', () => {
    const { hits, spent } = expectedHour(hours, NOON_MS + HOUR_MS + 1, 100);

    expect([hits, spent.get('EUR')]).toEqual([4, 900n]);
  });

  it('pays a part of the customers only, and finds all', () => {
    const { hits, payouts, spent } = expectedHour(hours, NOON_MS + 1, 50);

    expect([hits, payouts, spent.get('EUR'), spent.get('JPY')]).toEqual([4, 2, 425n, 150n]);
  });

  it('is nothing where nothing would have happened', () => {
    expect(expectedHour(hours, NOON_MS - HOUR_MS, 100)).toMatchObject({ hits: 0, payouts: 0 });
  });
});
