import type { DeadlineSpec } from './compiled-deadline';
import type { Case, DeadlineBook } from './fold-deadline';
import type { SlotContext } from './slot-context';

/** `current`: the version that takes new starts; null where nothing new opens. */
export interface DeadlineVersions extends DeadlineBook {
  readonly current: { readonly version: number; readonly spec: DeadlineSpec } | null;
}

/** How long late arrivals are waited for, by the version a case opened under. */
export function latenessMs(
  version: number,
  versions: DeadlineVersions,
  context: SlotContext,
): number {
  return context.latenessMs(versions.specOf(version)?.allowLateMs ?? null);
}

/** A miss by all that is known, not yet told. */
export function isPending(one: Case): boolean {
  return one.fired === null && !one.kept;
}

/** The instant of the clock at which a pending case fires. */
export function firesAtMs(one: Case, versions: DeadlineVersions, context: SlotContext): number {
  return Math.max(one.atMs, one.movedMs) + latenessMs(one.n, versions, context);
}
