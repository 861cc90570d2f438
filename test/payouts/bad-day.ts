import type { Fault } from '@amends/testing';

/** One in ten refunds is paid and its answer lost; some more go wrong in other ways. Of a thousand. */
const WEIGHTS: readonly (readonly [Fault | undefined, number])[] = [
  ['cut-after', 80],
  ['error-after', 12],
  ['late', 5],
  ['hang-after', 3],
  ['cut-before', 20],
  ['error-before', 20],
  ['hang-before', 1],
  ['too-many-requests', 1],
  ['pending', 15],
  ['fail-later', 5],
  ['fail-after-success', 5],
  [{ slowMs: 200 }, 5],
];

/** Faults after which the money has moved, or will, and nobody was told. */
export const LOST_ANSWERS: readonly string[] = ['cut-after', 'error-after', 'late', 'hang-after'];

/** What goes wrong with the next request. */
export function badDay(random: () => number): Fault | undefined {
  let left = random() * 1000;
  for (const [fault, weight] of WEIGHTS) {
    left -= weight;
    if (left < 0) return fault;
  }
  return undefined;
}

/** Chance that comes again with its seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
