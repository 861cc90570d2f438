import type { JsonObject } from '../json';
import type { FiredCase } from './deadline-state';
import type { IncidentReading } from './effects';
import type { DeadlineVersions } from './deadline-versions';
import { identityOf } from './emit-miss';
import { jsonRef } from './event-ref';
import { firedIdentity, firedReading } from './fired-case';
import { type Case, expectOf } from './fold-deadline';
import { refuteMiss } from './repeat';
import type { SlotContext } from './slot-context';

/** Tells of misses that have been closed, or shown to have been kept after all, since they fired. */
export function syncClosings(
  cases: readonly Case[],
  versions: DeadlineVersions,
  context: SlotContext,
): void {
  for (const one of cases) {
    const { fired, closedMs } = one;
    if (!fired || closedMs === null || fired.refuted) continue;
    const spec = versions.specOf(fired.n);
    const expect = spec && expectOf(one, spec);
    // Of one instant an expect comes before a cancel, and the smaller (source, id) first, whichever was read first.
    const isSame = !one.closedBy || refOf(expect) === refOf(fired.expect);
    if (fired.closed === closedMs && !one.kept && isSame) continue;
    fired.closed = closedMs;
    fired.refuted = one.kept;
    if (!spec) continue;
    if (expect) fired.expect = expect;
    else delete fired.expect;
    if (one.kept) emitRefuted(fired, closedMs, context);
    else {
      const reading = firedReading(spec, fired);
      closeMiss(fired, closedMs, reading, context);
      context.emit({
        kind: 'closed',
        identity: firedIdentity(fired, context),
        closedAtMs: closedMs,
        reading,
      });
    }
  }
}

/** A miss that waits to be counted is told too, so that an incident made of it later is closed. */
function closeMiss(
  fired: FiredCase,
  closedMs: number,
  reading: IncidentReading,
  context: SlotContext,
): void {
  if (fired.repeat === undefined) return;
  const { key, occurrence } = firedIdentity(fired, context);
  const { misses } = context.repeatState(fired.repeat);
  const miss = misses.find((one) => one.key === key && one.occurrence === occurrence);
  if (!miss) return;
  miss.closed = closedMs;
  miss.reading = reading;
}

function emitRefuted(fired: FiredCase, closedAtMs: number, context: SlotContext): void {
  let identity = firedIdentity(fired, context);
  if (fired.repeat !== undefined) {
    const { key, occurrence } = identity;
    const built = refuteMiss(context.repeatState(fired.repeat), { key, occurrence });
    if (!built) return;
    identity = identityOf(built, context);
  }
  context.emit({ kind: 'refuted', identity, clockMs: context.clockMs, closedAtMs });
}

function refOf(event: JsonObject | undefined): string | undefined {
  return event && jsonRef(event);
}
