import { settleAtMs, unitAtMs, unitsOwed } from './accrual';
import type { DeadlineItem, DeadlineState, FiredCase } from './deadline-state';
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
  const fireAt: number[] = [];
  for (const one of cases) if (isPending(one)) fireAt.push(firesAtMs(one, versions, context));
  for (const fired of state.fired) {
    const next = nextUnitMs(fired, versions);
    if (next !== null) fireAt.push(next + latenessMs(fired.n, versions, context));
  }
  const retentionMs = Math.max(
    RETENTION_MS,
    context.latenessMs(versions.current?.spec.allowLateMs ?? null),
  );
  prune(state, cases, context.clockMs - retentionMs);
  const open = fireAt.length > 0 || state.fired.some((fired) => fired.closed === null);
  return {
    fireAtMs: fireAt.length > 0 ? Math.min(...fireAt) : null,
    sweepAfterMs: open ? null : lastTimeMs(state) + retentionMs,
  };
}

function nextUnitMs(fired: FiredCase, versions: DeadlineVersions): number | null {
  const accrue = versions.specOf(fired.n)?.accrue;
  if (!accrue || !fired.counts || fired.refuted) return null;
  if (accrue.settle === 'end') return fired.settled ? null : settleAtMs(fired, accrue);
  return fired.units < unitsOwed(fired, accrue) ? unitAtMs(fired, accrue, fired.units + 1) : null;
}

function lastTimeMs({ items, fired }: DeadlineState): number {
  const times = [
    ...items.map((item) => item.a ?? item.t),
    ...fired.map((one) => one.closed ?? one.t),
  ];
  return times.length > 0 ? Math.max(...times) : 0;
}

function prune(state: DeadlineState, cases: readonly Case[], beforeMs: number): void {
  const pending = cases.filter(isPending);
  const isNeeded = (item: DeadlineItem) =>
    (item.a ?? item.t) >= beforeMs ||
    pending.some(
      (one) =>
        (one.start.s === item.s && one.start.d === item.d) ||
        (item.e !== undefined && item.n === undefined && item.t >= one.start.t),
    );
  if (state.items.some((item) => !isNeeded(item))) state.items = state.items.filter(isNeeded);
  const isLive = (fired: FiredCase) =>
    fired.closed === null || fired.closed >= beforeMs || (!fired.settled && fired.units === 0);
  if (state.fired.some((fired) => !isLive(fired))) state.fired = state.fired.filter(isLive);
}
