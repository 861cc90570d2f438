import type { FiredCase } from './deadline-state';
import type { AccrueSpec } from './compiled-deadline';

/** The instant of the n-th unit, from 1: the first falls due with the incident. */
export function unitAtMs(fired: FiredCase, accrue: AccrueSpec, unit: number): number {
  return fired.at + (unit - 1) * accrue.everyMs;
}

/** How many units are owed by all that is known: an expect exactly at a step is in time for that step. */
export function unitsOwed(fired: FiredCase, accrue: AccrueSpec): number {
  if (fired.refuted) return 0;
  if (fired.closed === null) return accrue.max;
  const steps = Math.ceil((fired.closed - fired.at) / accrue.everyMs);
  return Math.min(accrue.max, Math.max(1, steps));
}

/** `settle: end`: at the closing, or at the last unit if that is earlier. */
export function settleAtMs(fired: FiredCase, accrue: AccrueSpec): number {
  const lastMs = unitAtMs(fired, accrue, accrue.max);
  return fired.closed === null ? lastMs : Math.min(fired.closed, lastMs);
}
