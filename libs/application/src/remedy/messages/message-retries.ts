const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Pauses between tries; the last one repeats. With them ten tries take about ten hours. */
const WAITS_MS = [5 * SECOND_MS, 30 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS];

/** After so many tries a person is needed. */
export const TRIES_MAX = 10;

/** The pause after the n-th try (from 1) that did not get through. */
export function messageWaitMs(sends: number): number {
  const index = Math.min(Math.max(sends, 1), WAITS_MS.length) - 1;
  return WAITS_MS[index] ?? HOUR_MS;
}
