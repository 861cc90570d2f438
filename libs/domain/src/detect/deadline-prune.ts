import { EXTEND } from './compiled-deadline';
import type { DeadlineItem, DeadlineState, FiredCase } from './deadline-state';
import { type DeadlineVersions, isPending } from './deadline-versions';
import type { Case } from './fold-deadline';

export interface PruneOptions {
  readonly versions: DeadlineVersions;
  /** Whether an accrual of this miss, or its settlement, is still to come. */
  readonly owes: (fired: FiredCase) => boolean;
  readonly beforeMs: number;
}

/** Whether anything was known before that instant: mostly nothing was. */
export function isPrunable({ items, fired }: DeadlineState, beforeMs: number): boolean {
  for (const item of items) if (keptFromMs(item) < beforeMs) return true;
  for (const { closed } of fired) if (closed !== null && closed < beforeMs) return true;
  return false;
}

/**
 * Forgets what was known before `beforeMs` and can no longer matter. Since the story is told anew from what is left, a
 * closed case goes as a whole: without its start a further start within it would open, without its closing it
 * would seem to be missed.
 */
export function pruneDeadline(
  state: DeadlineState,
  cases: readonly Case[],
  { versions, owes, beforeMs }: PruneOptions,
): void {
  const { items, fired } = state;
  const isLive = (one: FiredCase) => one.closed === null || one.closed >= beforeMs || owes(one);
  const pending = cases.filter(isPending);
  const kept = new Set<DeadlineItem | FiredCase>([
    ...items.filter((item) => keptFromMs(item) >= beforeMs || isPart(item, pending, versions)),
    ...fired.filter(isLive),
  ]);
  for (const one of [...cases].reverse()) {
    const { start, closedMs, closedBy } = one;
    if (closedMs === null) continue;
    const within = items.filter((item) => item.t >= start.t && item.t <= closedMs);
    if (!within.some((item) => item !== closedBy && kept.has(item))) continue;
    for (const item of within) kept.add(item);
    if (one.fired) kept.add(one.fired);
  }
  if (kept.size === items.length + fired.length) return;
  state.items = items.filter((item) => kept.has(item));
  state.fired = fired.filter((one) => kept.has(one));
}

/** Whether an open case was opened or moved by it. */
function isPart(item: DeadlineItem, pending: readonly Case[], versions: DeadlineVersions): boolean {
  const moves = (versions.rolesOf(item.y) & EXTEND) !== 0;
  return pending.some(({ start }) => start === item || (moves && item.t >= start.t));
}

function keptFromMs(item: DeadlineItem): number {
  return item.a ?? item.t;
}
