import type { Effect, Slot } from './effects';
import type { RepeatState } from './repeat-state';

/** What a detect type may touch while it works on one slot. */
export interface SlotContext {
  readonly slot: Slot;
  readonly ruleId: string;
  readonly clockMs: number;
  /** Up to where deadlines fire: the clock, or under the stream clock the instant whose turn it is. */
  readonly dueMs: number;
  readonly emit: (effect: Effect) => void;
  readonly latenessMs: (allowLateMs: number | null) => number;
  /** The counter of misses by that value; what is changed in it is written back. */
  repeatState(value: string): RepeatState;
}

/** What is known after an event or a firing: when to come back, and when to forget. */
export interface SlotPlan {
  /** The next instant of the clock at which something is due, lateness included; null: nothing is. */
  readonly fireAtMs: number | null;
  /** The instant of the clock after which nothing of this slot can matter; null: something is open. */
  readonly sweepAfterMs: number | null;
}

/** What came late may still refute or reopen for so long, if `allow_late` is not longer. */
export const RETENTION_MS = 7 * 24 * 3_600_000;

/** An event that arrives so long after its time is kept by its arrival. */
export const LONG_AFTER_MS = 3_600_000;
