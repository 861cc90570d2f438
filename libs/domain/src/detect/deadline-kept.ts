import { START } from './compiled-deadline';
import type { DeadlineState } from './deadline-state';
import type { DeadlineVersions } from './deadline-versions';
import type { Case } from './fold-deadline';

/**
 * Of a promise that was kept only the due is still wanted, where nothing can move it: whatever is read later
 * can close it earlier, never open it again. Most promises are kept, so most rows become small.
 */
export function forgetKept(
  state: DeadlineState,
  cases: readonly Case[],
  versions: DeadlineVersions,
): void {
  for (const one of cases) {
    if (!one.kept || one.fired !== null || versions.specOf(one.n)?.canMove !== false) continue;
    // An event that also closes or moves other cases is read for them.
    if (versions.rolesOf(one.start.y) !== START) continue;
    const index = state.items.indexOf(one.start);
    const item = state.items[index];
    if (item?.e === undefined) continue;
    state.items[index] = { ...item, e: undefined, u: one.dueMs };
  }
}
