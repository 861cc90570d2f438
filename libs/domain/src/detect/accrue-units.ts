import { settleAtMs, unitAtMs, unitsOwed } from './accrual';
import type { DeadlineSpec } from './compiled-deadline';
import type { FiredCase } from './deadline-state';
import { type DeadlineVersions, latenessMs } from './deadline-versions';
import type { DecisionRequest } from './effects';
import { firedIdentity, firedReading } from './fired-case';
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
  const { accrue } = spec;
  const readUpToMs = context.dueMs - latenessMs(fired.n, versions, context);
  if (accrue.settle === 'end') {
    const atMs = settleAtMs(fired, accrue);
    if (fired.settled || atMs > readUpToMs) return;
    fired.settled = true;
    const units = unitsOwed(fired, accrue);
    emitUnit(fired, spec, { unit: 0, units, atMs }, units, context);
    return;
  }
  while (fired.units < unitsOwed(fired, accrue)) {
    const atMs = unitAtMs(fired, accrue, fired.units + 1);
    if (atMs > readUpToMs) return;
    fired.units += 1;
    emitUnit(fired, spec, { unit: fired.units, units: null, atMs }, fired.units, context);
  }
}

/** With `repeat` a miss may become the incident after it fired, when another, late one completes the run. */
function hasBecomeIncident(fired: FiredCase, context: SlotContext): boolean {
  if (fired.repeat === undefined) return false;
  const { key, occurrence } = firedIdentity(fired, context);
  const { built } = context.repeatState(fired.repeat);
  if (!built.some((one) => one.key === key && one.occurrence === occurrence)) return false;
  fired.counts = true;
  fired.units = 1;
  return true;
}

function emitUnit(
  fired: FiredCase,
  spec: DeadlineSpec,
  decide: DecisionRequest,
  unit: number,
  context: SlotContext,
): void {
  const identity = firedIdentity(fired, context);
  context.emit({
    kind: 'unit',
    identity,
    clockMs: context.clockMs,
    reading: firedReading(spec, fired, unit),
    decide,
    order: [fired.t, identity.occurrence],
  });
}
