import { settleAtMs, unitAtMs, unitsOwed } from './accrual';
import { forgetKept } from './deadline-kept';
import { isPrunable, pruneDeadline } from './deadline-prune';
import type { DeadlineState, FiredCase } from './deadline-state';
import { type DeadlineVersions, firesAtMs, isPending, latenessMs } from './deadline-versions';
import type { Case } from './fold-deadline';
import { RETENTION_MS, type SlotContext, type SlotPlan } from './slot-context';

/** Forgets what can no longer matter, and says when to come back. */
export function planDeadline(
  state: DeadlineState,
  cases: readonly Case[],
  versions: DeadlineVersions,
  context: SlotContext,
): SlotPlan {
  let firstMs = Infinity;
  for (const one of cases) {
    if (isPending(one)) firstMs = Math.min(firstMs, firesAtMs(one, versions, context));
  }
  for (const fired of state.fired) {
    const nextMs = nextUnitMs(fired, versions, context);
    if (nextMs === null) continue;
    firstMs = Math.min(firstMs, nextMs + latenessMs(fired.n, versions, context));
  }
  const retentionMs = Math.max(
    RETENTION_MS,
    context.latenessMs(versions.current?.spec.allowLateMs ?? null),
  );
  const beforeMs = context.clockMs - retentionMs;
  if (isPrunable(state, beforeMs)) {
    const owes = (fired: FiredCase) => nextUnitMs(fired, versions, context) !== null;
    pruneDeadline(state, cases, { versions, owes, beforeMs });
  }
  forgetKept(state, cases, versions);
  const fires = firstMs < Infinity;
  const open = fires || state.fired.some((fired) => fired.closed === null);
  return {
    fireAtMs: fires ? firstMs : null,
    sweepAfterMs: open ? null : lastTimeMs(state) + retentionMs,
  };
}

function nextUnitMs(
  fired: FiredCase,
  versions: DeadlineVersions,
  context: SlotContext,
): number | null {
  const accrue = versions.specOf(fired.n)?.accrue;
  if (!accrue || fired.refuted || (!fired.counts && fired.repeat === undefined)) return null;
  const readUpToMs = context.dueMs - latenessMs(fired.n, versions, context);
  if (accrue.settle === 'end') {
    if (fired.settled) return null;
    const settleMs = settleAtMs(fired, accrue);
    return fired.counts || settleMs > readUpToMs ? settleMs : null;
  }
  for (let unit = fired.units + 1; unit <= unitsOwed(fired, accrue); unit += 1) {
    const atMs = unitAtMs(fired, accrue, unit);
    // A miss that is no incident yet looks again at each step whether it has become one.
    if (fired.counts || atMs > readUpToMs) return atMs;
  }
  return null;
}

function lastTimeMs({ items, fired }: DeadlineState): number {
  let lastMs = -Infinity;
  for (const item of items) lastMs = Math.max(lastMs, item.a ?? item.t);
  for (const one of fired) lastMs = Math.max(lastMs, one.closed ?? one.t);
  return lastMs > -Infinity ? lastMs : 0;
}
