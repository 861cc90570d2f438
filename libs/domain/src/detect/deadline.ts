import type { DomainEvent } from '../event';
import { accrueUnits } from './accrue-units';
import { syncClosings } from './deadline-closings';
import { asItem } from './deadline-item';
import { planDeadline } from './deadline-plan';
import type { DeadlineState } from './deadline-state';
import { type DeadlineVersions, firesAtMs, isPending } from './deadline-versions';
import { byTimeAndRef } from './event-ref';
import { fireCase } from './fire-case';
import { foldDeadline } from './fold-deadline';
import type { SlotContext, SlotPlan } from './slot-context';
import { sortShort } from './sort-short';

/** Takes one event of the key in. Nothing fires here: that is the clock's doing. */
export function deadlineOnEvent(
  state: DeadlineState,
  event: DomainEvent,
  versions: DeadlineVersions,
  context: SlotContext,
): SlotPlan {
  const item = asItem(state, event, versions, context);
  if (item) {
    state.items.push(item);
    sortShort(state.items, byTimeAndRef);
  }
  const cases = foldDeadline(state, versions);
  syncClosings(cases, versions, context);
  return planDeadline(state, cases, versions, context);
}

/** Fires everything of the key that is due at the context's clock. */
export function deadlineFire(
  state: DeadlineState,
  versions: DeadlineVersions,
  context: SlotContext,
): SlotPlan {
  let cases = foldDeadline(state, versions);
  const due = cases
    .filter((one) => isPending(one) && firesAtMs(one, versions, context) <= context.dueMs)
    .sort((a, b) => a.atMs - b.atMs);
  for (const one of due) fireCase(state, one, versions, context);
  if (due.length > 0) {
    cases = foldDeadline(state, versions);
    syncClosings(cases, versions, context);
  }
  for (const fired of state.fired) accrueUnits(fired, versions, context);
  return planDeadline(state, cases, versions, context);
}
