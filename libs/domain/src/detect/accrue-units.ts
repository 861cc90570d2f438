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
  if (!spec?.accrue || !fired.counts || fired.refuted) return;
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
