import fc from 'fast-check';
import { timeOf } from '../arrivals';
import type { OracleEvent } from '../model';

/** The same events in another order of arrival, at most so much out of order in event time. */
export function shuffleWithin(
  arrivals: OracleEvent[],
  disorderMs: number,
): fc.Arbitrary<OracleEvent[]> {
  const quarters = fc.array(fc.nat({ max: 4 }), {
    minLength: arrivals.length,
    maxLength: arrivals.length,
  });
  const ties = fc.shuffledSubarray(arrivals, { minLength: arrivals.length });
  return fc.tuple(quarters, ties).map(([delays, shuffled]) =>
    shuffled
      .map((event, index) => ({
        event,
        atMs: timeOf(event) + ((delays[index] ?? 0) * disorderMs) / 4,
      }))
      .sort((a, b) => a.atMs - b.atMs)
      .map(({ event }) => event),
  );
}
