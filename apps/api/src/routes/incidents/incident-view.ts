import { entityTag, type IncidentListRow } from '@amends/application';
import { moneyViewOrNull } from '../shared/money-view';

export function incidentViewOf(row: IncidentListRow) {
  return {
    id: row.id,
    rule: { id: row.rule_id, version: row.rule_version },
    customer_id: row.customer_id,
    key: { [row.key_path]: JSON.parse(row.key) as unknown },
    state: row.state,
    detected_at: row.detected_at,
    event_time: row.event_time,
    closed_at: row.closed_at,
    refuted_at: row.refuted_at,
    depth: row.depth,
    facts: row.facts,
    amount: moneyViewOrNull(row.amount_minor, row.currency),
    evidence: row.evidence,
    compensation_ids: row.compensation_ids,
    why: row.why,
  };
}

/** The detector closes an incident without a new revision, so the whole is part of the tag. */
export function incidentTag(row: IncidentListRow): string {
  const { state, closed_at, refuted_at, facts, why, compensation_ids } = row;
  const rest = { state, closed_at, refuted_at, facts, why, compensation_ids };
  return entityTag(`r${String(row.revision)}`, rest);
}
