import type { DeadlineState } from './deadline-state';
import type { Slot } from './effects';
import type { GatheredState } from './gathered-state';
import type { RepeatState } from './repeat-state';
import type { SlotPlan } from './slot-context';

/**
 * All that one rule keeps of one key. A part per detect type, since an earlier version may have been of another;
 * nearly always there is one.
 */
export interface SlotParts {
  deadline?: DeadlineState;
  window?: GatheredState;
  sequence?: GatheredState;
  repeat?: RepeatState;
  /** Plans of the parts, kept where there is more than one. */
  plans?: Partial<Record<PartName, SlotPlan>>;
}

export type PartName = 'deadline' | 'window' | 'sequence' | 'repeat';

const PARTS: readonly PartName[] = ['deadline', 'window', 'sequence', 'repeat'];

/** A slot in memory while a batch is worked on. */
export interface SlotRecord {
  readonly slot: Slot;
  readonly parts: SlotParts;
  readonly plans: Partial<Record<PartName, SlotPlan>>;
  changed: boolean;
}

/** Reads a stored state; null where there is none yet. */
export function openRecord(slot: Slot, json: string | null): SlotRecord {
  const parts = json === null ? {} : (JSON.parse(json) as SlotParts);
  const plans = parts.plans ?? {};
  delete parts.plans;
  return { slot, parts, plans, changed: false };
}

/** The state as stored; null where nothing is left to remember. */
export function closeRecord({ parts, plans }: SlotRecord): string | null {
  const kept: SlotParts = {};
  if (parts.deadline && parts.deadline.items.length + parts.deadline.fired.length > 0) {
    kept.deadline = parts.deadline;
  }
  if (hasGathered(parts.window)) kept.window = parts.window;
  if (hasGathered(parts.sequence)) kept.sequence = parts.sequence;
  if (parts.repeat && parts.repeat.misses.length + parts.repeat.built.length > 0) {
    kept.repeat = parts.repeat;
  }
  const names = Object.keys(kept);
  if (names.length === 0) return null;
  return JSON.stringify(names.length > 1 ? { ...kept, plans } : kept);
}

/** One plan for the slot: the earliest instant something is due, and the latest until which it matters. */
export function planOf({ plans }: SlotRecord): SlotPlan {
  let fireAtMs: number | null = null;
  let sweepAfterMs: number | null = 0;
  for (const name of PARTS) {
    const plan = plans[name];
    if (!plan) continue;
    if (plan.fireAtMs !== null) fireAtMs = Math.min(fireAtMs ?? Infinity, plan.fireAtMs);
    sweepAfterMs =
      sweepAfterMs === null || plan.sweepAfterMs === null
        ? null
        : Math.max(sweepAfterMs, plan.sweepAfterMs);
  }
  return { fireAtMs, sweepAfterMs };
}

function hasGathered(state: GatheredState | undefined): state is GatheredState {
  return state !== undefined && state.books.length + state.waiting.length > 0;
}
