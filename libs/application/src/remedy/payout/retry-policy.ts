import type { PayoutCapabilities } from './payout-provider';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Pauses after an outcome that is not known; the last one repeats. */
const WAITS_MS = [5 * SECOND_MS, 30 * SECOND_MS, 5 * MINUTE_MS, 30 * MINUTE_MS, 2 * HOUR_MS];
/** No key is trusted for longer, whatever its provider says (RELIABILITY.md, section 1a). */
const RESEND_MAX_MS = 20 * HOUR_MS;
const WINDOW_SHARE = 0.8;
/** A reason that passes is waited for so often; then a person looks at it. */
export const PASSING_REASONS_MAX = 12;
/** A provider that cannot tell, or does not answer, is asked so often before a person is. */
export const ASKS_BEFORE_PERSON = 4;
/** "Not found" counts as proof only when said again, at least so much later. */
export const NOT_FOUND_AGAIN_MS = 15 * MINUTE_MS;

/** The pause after the n-th sending (from 1) of one key. */
export function waitAfterMs(sends: number, retryAfterMs = 0): number {
  const index = Math.min(Math.max(sends, 1), WAITS_MS.length) - 1;
  const longestMs = WAITS_MS.at(-1) ?? HOUR_MS;
  return Math.max(WAITS_MS[index] ?? longestMs, Math.min(retryAfterMs, longestMs));
}

/** Whether a key that was first sent so long ago surely still means the same payout. */
export function isInWindow({ keyWindowMs }: PayoutCapabilities, ageMs: number): boolean {
  return ageMs < Math.min(keyWindowMs * WINDOW_SHARE, RESEND_MAX_MS);
}

/**
 * The pause before a payout of that age, accepted and not through yet, is asked after again; null:
 * no longer. Banks take days, and tell of a failure as late (RELIABILITY.md, section 1a).
 */
export function pendingWaitMs(ageMs: number): number | null {
  if (ageMs > 30 * DAY_MS) return null;
  if (ageMs > 7 * DAY_MS) return DAY_MS;
  return ageMs > DAY_MS ? 6 * HOUR_MS : HOUR_MS;
}
