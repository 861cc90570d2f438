import type { RealEvent } from './real-event';

/**
 * The events in an order of arrival in which each is up to `spreadMs` (not included) late: an event
 * arrives behind another only if it is less than `spreadMs` older. The same seed, the same order.
 */
export function shuffledWithin(
  events: readonly RealEvent[],
  spreadMs: number,
  seed: number,
): readonly RealEvent[] {
  const random = seededRandom(seed);
  return events
    .map((event) => ({ event, arrivalMs: Date.parse(event.time) + random() * spreadMs }))
    .sort((a, b) => a.arrivalMs - b.arrivalMs)
    .map(({ event }) => event);
}

/** Every event once more, the copies spread like late arrivals: one may well overtake its original. */
export function sentTwice(
  events: readonly RealEvent[],
  spreadMs: number,
  seed: number,
): readonly RealEvent[] {
  return shuffledWithin([...events, ...events], spreadMs, seed);
}

/** Uniform in [0, 1); a linear congruential generator (Numerical Recipes), plenty for an order. */
function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
