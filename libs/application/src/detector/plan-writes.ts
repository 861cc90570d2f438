import { slotId, type ChangedSlot, type Slot } from '@amends/domain';
import type { SlotDelete, SlotInsert, SlotUpdate, StoredSlot, TimerWrite } from './detect-store';
import { bySlot, type DetectStates } from './detect-states';
import type { LoadedRules } from './loaded-rules';

/** What is to be written of the slots that changed, in key order. */
export interface SlotWrites {
  readonly inserts: SlotInsert[];
  readonly updates: SlotUpdate[];
  readonly deletes: SlotDelete[];
  /** Of slots that have no timer. */
  readonly newTimers: TimerWrite[];
  readonly timers: TimerWrite[];
  readonly timersGone: Slot[];
}

export interface FiredSlots {
  /** Rows due until then have been fired in this run, epoch ms; -Infinity: none. */
  readonly untilMs: number;
  /** Slots whose rule threw when they fired: they keep their state and lose their timer. */
  readonly broken: readonly Slot[];
  /** Slots with a timer but no rule that runs: nothing of them is kept. */
  readonly ownerless: readonly Slot[];
  /**
   * Wall clock: what is overdue on arrival waits until all topics have been read up to here, the instant of this
   * batch. What it waits for may stand behind it in the queue (semantics 10).
   */
  readonly notBeforeMs?: number;
  /** After having been overtaken: nothing is taken for granted about the rows of timers. */
  readonly isRedo: boolean;
}

/**
 * Compares what a run left with what is stored. A timer that is to fire later than its row says is left
 * alone: it is looked at when the row falls due, and moved then.
 */
export function planWrites(
  changed: Iterable<ChangedSlot>,
  states: DetectStates,
  rules: LoadedRules,
  fired: FiredSlots,
): SlotWrites {
  const writes: SlotWrites = {
    inserts: [],
    updates: [],
    deletes: [],
    newTimers: [],
    timers: [],
    timersGone: [],
  };
  const broken = new Map(fired.broken.map((slot) => [slotId(slot), slot]));
  for (const one of changed) {
    const isBroken = broken.delete(one.id);
    const planned = isBroken ? { ...one, fireAtMs: null } : one;
    planOne(planned, states, rules, fired, writes);
  }
  for (const [id, slot] of broken) stopTimer(slot, states.storedOf(id), writes);
  for (const slot of fired.ownerless) {
    const stored = states.storedOf(slotId(slot));
    if (stored !== null) writes.deletes.push({ slot, revision: stored.revision });
    writes.timersGone.push(slot);
  }
  writes.inserts.sort((a, b) => bySlot(a.slot, b.slot));
  writes.updates.sort((a, b) => bySlot(a.slot, b.slot));
  writes.deletes.sort((a, b) => bySlot(a.slot, b.slot));
  writes.newTimers.sort((a, b) => bySlot(a.slot, b.slot));
  writes.timers.sort((a, b) => bySlot(a.slot, b.slot));
  writes.timersGone.sort(bySlot);
  return writes;
}

function stopTimer(slot: Slot, stored: StoredSlot | null, writes: SlotWrites): void {
  writes.timersGone.push(slot);
  if (stored === null) return;
  const { json, revision } = stored;
  writes.updates.push({ slot, json, fireAtMs: null, sweepAfterMs: null, revision });
}

function planOne(
  { slot, id, json, fireAtMs: dueMs, sweepAfterMs }: ChangedSlot,
  states: DetectStates,
  rules: LoadedRules,
  { untilMs, notBeforeMs = Number.NEGATIVE_INFINITY, isRedo }: FiredSlots,
  writes: SlotWrites,
): void {
  const wantedMs = dueMs === null ? null : Math.max(dueMs, notBeforeMs);
  const stored = states.storedOf(id);
  const rowMs = stored?.fireAtMs ?? null;
  if (json === null) {
    if (stored !== null) writes.deletes.push({ slot, revision: stored.revision });
    if (rowMs !== null) writes.timersGone.push(slot);
    return;
  }
  const isLeft = rowMs !== null && wantedMs !== null && rowMs > untilMs && wantedMs > rowMs;
  const fireAtMs = isLeft ? rowMs : wantedMs;
  if (fireAtMs !== rowMs) {
    if (fireAtMs === null) writes.timersGone.push(slot);
    else {
      const known = rowMs !== null || isRedo ? writes.timers : writes.newTimers;
      known.push({ slot, fireAtMs, clockGroup: rules.clockGroupOf(slot) });
    }
  }
  if (stored === null) {
    writes.inserts.push({ slot, json, fireAtMs, sweepAfterMs });
  } else if (stored.json !== json || fireAtMs !== rowMs) {
    writes.updates.push({ slot, json, fireAtMs, sweepAfterMs, revision: stored.revision });
  }
}
