import { decisionShard, derivedId, incidentNaturalKey, type Sql } from '@amends/application';
import type { JsonObject } from '@amends/domain';

/** An incident as the detector leaves it. */
export interface IncidentSpec {
  readonly rule: string;
  readonly version?: number;
  readonly customer: string;
  readonly key?: string;
  readonly lane?: 0 | 1;
  readonly at?: string;
  readonly event?: JsonObject;
  readonly facts?: JsonObject;
  readonly vars?: JsonObject;
  /** Accrual unit; 0: the incident as a whole. */
  readonly unit?: number;
  readonly units?: number;
  readonly isOpen?: boolean;
  readonly clock?: string;
  readonly historyMark?: number;
}

const AT = '2026-03-01T00:00:00Z';

/** Writes an incident and its decision; a further unit of one that is there adds a decision. */
export async function seedIncident(sql: Sql, spec: IncidentSpec): Promise<string> {
  const at = spec.at ?? AT;
  const key = JSON.stringify(spec.key ?? spec.customer);
  const lane = spec.lane ?? 0;
  const id = derivedId(
    'inc',
    Date.parse(AT),
    incidentNaturalKey({
      ruleId: spec.rule,
      lane: lane === 0 ? 'live' : 'shadow',
      key,
      occurrence: '',
    }),
  );
  // In one statement, as the detector does: a closed incident without a decision is over for whoever looks in between.
  await sql.query(
    `with found as (
       insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
         state, event_time, detected_at, closed_at, event, vars, facts, evidence)
       values ($1, $2, $3, $4, 'data.order_id', $5, '', $6, $7, $8, $9, $10, $11, $12, $13, '[]')
       on conflict do nothing)
     insert into decision_queue (incident_id, kind, unit, units, at, clock, history_mark, shard,
       customer_id) values ($1, 'decide', $14, $15, $8, $9, $16, $17, $6)`,
    [
      id,
      spec.rule,
      spec.version ?? 1,
      lane,
      key,
      spec.customer,
      lane === 0 ? 'paying' : 'shadow',
      at,
      spec.clock ?? at,
      spec.isOpen === true ? null : at,
      JSON.stringify(spec.event ?? { type: 'delivery.late', time: at, data: {} }),
      JSON.stringify(spec.vars ?? {}),
      JSON.stringify(spec.facts ?? {}),
      spec.unit ?? 0,
      spec.units ?? null,
      spec.historyMark ?? null,
      decisionShard(spec.customer),
    ],
  );
  return id;
}
