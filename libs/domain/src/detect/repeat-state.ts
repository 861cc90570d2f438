import type { WhyLine } from '../conditions';
import type { Accrued } from './accrual';
import type { IncidentReading } from './effects';

/** A miss that waits to be counted, with all that an incident of it would say. */
export interface Miss {
  readonly at: number;
  readonly key: string;
  readonly occurrence: string;
  readonly order: readonly [number, string];
  readonly customerId: string;
  readonly version: number;
  /** As of its closing, once that has come. */
  reading: IncidentReading;
  readonly evidence: readonly string[];
  readonly why: readonly WhyLine[];
  /** Event time of its closing, which may come while it waits. */
  closed: number | null;
}

/** An incident and the misses it was built on: if one is refuted, so is it. */
export interface BuiltIncident {
  readonly at: number;
  readonly key: string;
  readonly occurrence: string;
  readonly misses: readonly string[];
  refuted: boolean;
  /** What whoever built it has asked for of its accrual, beyond the first unit. */
  accrued?: Accrued;
}

export interface RepeatState {
  misses: Miss[];
  built: BuiltIncident[];
}

export function emptyRepeatState(): RepeatState {
  return { misses: [], built: [] };
}
