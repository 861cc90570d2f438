import type { AccrueSpec } from './compiled-deadline';
import type { DecisionRequest } from './effects';

/** A miss as far as its accrual goes. */
export interface Accruing {
  /** The incident's time. */
  readonly at: number;
  /** Event time of its closing; null while it is open. */
  readonly closed: number | null;
}

/** The instant of the n-th unit, from 1: the first falls due with the incident. */
export function unitAtMs(miss: Accruing, accrue: AccrueSpec, unit: number): number {
  return miss.at + (unit - 1) * accrue.everyMs;
}

/** How many units are owed by all that is known: an expect exactly at a step is in time for that step. */
export function unitsOwed(miss: Accruing, accrue: AccrueSpec): number {
  if (miss.closed === null) return accrue.max;
  const steps = Math.ceil((miss.closed - miss.at) / accrue.everyMs);
  return Math.min(accrue.max, Math.max(1, steps));
}

/** `settle: end`: at the closing, or at the last unit if that is earlier. */
export function settleAtMs(miss: Accruing, accrue: AccrueSpec): number {
  const lastMs = unitAtMs(miss, accrue, accrue.max);
  return miss.closed === null ? lastMs : Math.min(miss.closed, lastMs);
}

/** What of the accrual has been asked for so far. */
export interface Accrued {
  units: number;
  settled: boolean;
}

/** What all that has been read up to an instant makes due, beyond what has been asked for; notes it there. */
export function takeDue(
  miss: Accruing,
  accrue: AccrueSpec,
  accrued: Accrued,
  readUpToMs: number,
): DecisionRequest[] {
  if (accrue.settle === 'end') {
    const atMs = settleAtMs(miss, accrue);
    if (accrued.settled || atMs > readUpToMs) return [];
    accrued.settled = true;
    return [{ unit: 0, units: unitsOwed(miss, accrue), atMs }];
  }
  const requests: DecisionRequest[] = [];
  while (accrued.units < unitsOwed(miss, accrue)) {
    const atMs = unitAtMs(miss, accrue, accrued.units + 1);
    if (atMs > readUpToMs) break;
    accrued.units += 1;
    requests.push({ unit: accrued.units, units: null, atMs });
  }
  return requests;
}
