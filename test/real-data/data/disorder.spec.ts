import { sentTwice, shuffledWithin } from './disorder';
import type { RealEvent } from './real-event';

const HOUR_MS = 3_600_000;

const events: readonly RealEvent[] = Array.from({ length: 2000 }, (_, index) => ({
  specversion: '1.0',
  source: '/made-up',
  id: String(index),
  type: 'delivery.promised',
  time: new Date(Date.UTC(2026, 2, 1) + index * 60_000).toISOString(),
  subject: 'order/1',
  customerid: 'c1',
  data: {},
}));

describe('events out of order', () => {
  it('are never behind one that is an hour or more younger', () => {
    let furthestMs = 0;
    for (const event of shuffledWithin(events, HOUR_MS, 7)) {
      const timeMs = Date.parse(event.time);
      expect(furthestMs - timeMs).toBeLessThan(HOUR_MS);
      furthestMs = Math.max(furthestMs, timeMs);
    }
  });

  it('are the same events, in another order, the same each time', () => {
    const shuffled = shuffledWithin(events, HOUR_MS, 7);

    expect(shuffled).not.toEqual(events);
    expect(new Set(shuffled)).toEqual(new Set(events));
    expect(shuffledWithin(events, HOUR_MS, 7)).toEqual(shuffled);
  });

  it('can be sent twice, each event with its copy', () => {
    const ids = sentTwice(events, HOUR_MS, 7).map((event) => event.id);

    expect(ids).toHaveLength(4000);
    expect(new Set(ids).size).toBe(2000);
  });
});
