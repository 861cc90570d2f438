import type { Steps } from '@amends/domain';

export interface SliceOptions {
  /** After so long others get their turn. */
  readonly sliceMs?: number;
  /** After so long, others' turns left out, the work is given up. */
  readonly totalMs: number;
}

const SLICE_MS = 10;

/**
 * Does work that somebody's document asks for without keeping others waiting. Undefined: it was too
 * much, and was given up.
 */
export async function inSlices<T>(
  steps: Steps<T>,
  { sliceMs = SLICE_MS, totalMs }: SliceOptions,
): Promise<T | undefined> {
  let leftMs = totalMs;
  while (leftMs > 0) {
    const startMs = performance.now();
    let spentMs = 0;
    while (spentMs < sliceMs) {
      const step = steps.next();
      if (step.done === true) return step.value;
      spentMs = performance.now() - startMs;
    }
    leftMs -= spentMs;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return undefined;
}
