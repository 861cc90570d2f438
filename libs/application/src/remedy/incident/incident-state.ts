import type { CompensationState } from '../model/compensation';
import type { IncidentState } from '../model/incident';

export interface StateOfAffairs {
  /** Of every compensation of the incident, whatever became of it; without failures that another has put right. */
  readonly compensations: readonly CompensationState[];
  /** It accrues, and may still get further units: open, or a unit waits for its decision. */
  readonly mayGrow: boolean;
  readonly isRefuted: boolean;
}

/**
 * The state of a live incident that has compensations, from theirs. What needs a person comes
 * first, then what is under way, then what went wrong. Undefined when there is none to go by.
 */
export function incidentStateOf(affairs: StateOfAffairs): IncidentState | undefined {
  const { compensations, mayGrow, isRefuted } = affairs;
  if (compensations.length === 0) return undefined;
  const has = (...states: readonly CompensationState[]): boolean =>
    compensations.some((state) => states.includes(state));

  if (has('awaiting_approval')) return 'review';
  if (has('held')) return 'held';
  if (has('proposed', 'reserved', 'sending', 'unknown')) return 'paying';
  if (mayGrow) return 'paying';
  // A retry leaves the same row behind, so a failure here is one that nobody has put right.
  if (has('failed')) return 'failed';
  if (has('settled')) return 'paid';
  if (has('reversed')) return 'reversed';
  if (has('rejected')) return 'dismissed';
  return isRefuted ? 'refuted' : 'dismissed';
}
