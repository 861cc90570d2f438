import type { CompiledFacts, JsonObject, Scope } from '@amends/domain';
import { readVars } from '../../events/stored-vars';

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

/**
 * What paths of the rule are read from. An accrual unit has the facts of its own number (RULES.md,
 * Edges: every unit is decided by itself).
 * @param unit the number of the unit, or of units settled together; 0: the incident does not accrue
 */
export function scopeOf(
  incident: Pick<Incident, 'event' | 'vars' | 'facts'>,
  rule: { readonly facts: CompiledFacts } | undefined,
  unit: number,
): Scope {
  const { event, facts } = incident;
  const vars = readVars(incident);
  if (unit === 0) return { event, vars, facts };
  const ofUnit = { event, vars: { ...vars, unit } };
  return { ...ofUnit, facts: rule ? rule.facts.evaluate(ofUnit).facts : facts };
}
