import type { JsonObject, Scope } from '@amends/domain';

export type IncidentState =
  | 'shadow'
  | 'held_out'
  | 'skipped'
  | 'review'
  | 'held'
  | 'paying'
  | 'paid'
  | 'apologised'
  | 'failed'
  | 'reversed'
  | 'dismissed'
  | 'refuted';

export const LIVE_LANE = 0;

/** An incident as remedy reads it: found by the detector, decided here. */
export interface Incident {
  readonly id: string;
  readonly ruleId: string;
  readonly ruleVersion: number;
  /** 0 live, 1 shadow. */
  readonly lane: number;
  readonly customerId: string;
  readonly state: IncidentState;
  readonly eventTimeMs: number;
  readonly detectedAtMs: number;
  readonly isClosed: boolean;
  readonly isRefuted: boolean;
  readonly event: JsonObject;
  readonly vars: JsonObject;
  readonly facts: JsonObject;
}

/** What paths of the rule are read from; `unit` is the number of the accrual unit decided. */
export function scopeOf(incident: Incident, unit = 0): Scope {
  const vars = unit > 0 ? { ...incident.vars, unit } : incident.vars;
  return { event: incident.event, vars, facts: incident.facts };
}
