import { takeDue } from './accrual';
import { read } from './compiled-common';
import type { FiredCase } from './deadline-state';
import { type DeadlineVersions, latenessMs } from './deadline-versions';
import type { DecisionRequest, IncidentIdentity, IncidentReading } from './effects';
import { identityOf } from './emit-miss';
import { firedIdentity, firedReading } from './fired-case';
import { builtOn } from './repeat';
import { orderKey } from './event-ref';
import type { Miss } from './repeat-state';
import type { SlotContext } from './slot-context';

/** Asks for the accrual units, or the settlement, that the clock has passed. */
export function accrueUnits(
  fired: FiredCase,
  versions: DeadlineVersions,
  context: SlotContext,
): void {
  const spec = versions.specOf(fired.n);
  if (!spec?.accrue || fired.refuted) return;
  if (!fired.counts && !hasBecomeIncident(fired, context)) return;
  const readUpToMs = context.dueMs - latenessMs(fired.n, versions, context);
  for (const decide of takeDue(fired, spec.accrue, fired, readUpToMs)) {
    const reading = firedReading(spec, fired, decide.units ?? decide.unit);
    const order = [fired.t, orderKey(fired)] as const;
    emitUnit(firedIdentity(fired, context), reading, decide, order, context);
  }
}

/**
 * The same for a miss of another key that has just become the incident: its own steps may all have passed, and
 * then nobody comes back to it. What is asked for here, its own slot does not ask for again.
 */
export function accrueBuilt(
  miss: Miss,
  repeat: string,
  versions: DeadlineVersions,
  context: SlotContext,
): void {
  const spec = versions.specOf(miss.version);
  const built = builtOn(context.repeatState(repeat), miss);
  if (!spec?.accrue || !built) return;
  const accrued = { units: 1, settled: false };
  // Its own slot has fired at every step before the clock, even where this turn is an earlier one's.
  const passedMs = Math.max(context.dueMs, context.clockMs - 1);
  const readUpToMs = passedMs - latenessMs(miss.version, versions, context);
  for (const decide of takeDue(miss, spec.accrue, accrued, readUpToMs)) {
    const { event, vars } = miss.reading;
    const reading = read(spec, event, { ...vars, unit: decide.units ?? decide.unit });
    emitUnit(identityOf(miss, context), reading, decide, miss.order, context);
  }
  built.accrued = accrued;
}

/** With `repeat` a miss may become the incident after it fired, when another, late one completes the run. */
function hasBecomeIncident(fired: FiredCase, context: SlotContext): boolean {
  if (fired.repeat === undefined) return false;
  const built = builtOn(context.repeatState(fired.repeat), firedIdentity(fired, context));
  if (!built) return false;
  fired.counts = true;
  fired.units = built.accrued?.units ?? 1;
  fired.settled = built.accrued?.settled ?? false;
  return true;
}

function emitUnit(
  identity: IncidentIdentity,
  reading: IncidentReading,
  decide: DecisionRequest,
  order: Miss['order'],
  context: SlotContext,
): void {
  context.emit({
    kind: 'unit',
    identity,
    clockMs: context.clockMs,
    reading,
    decide,
    order,
  });
}
