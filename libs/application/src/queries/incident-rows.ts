import type { ListSource } from './page';

/** An incident as it is listed and shown. */
export interface IncidentListRow {
  readonly id: string;
  readonly rule_id: string;
  readonly rule_version: number;
  readonly customer_id: string;
  readonly key_path: string;
  /** JSON text. */
  readonly key: string;
  readonly state: string;
  readonly detected_at: Date;
  readonly event_time: Date;
  readonly closed_at: Date | null;
  readonly refuted_at: Date | null;
  readonly depth: number;
  readonly facts: Record<string, unknown>;
  readonly amount_minor: bigint | null;
  readonly currency: string | null;
  readonly evidence: readonly string[];
  readonly why: readonly Record<string, unknown>[];
  readonly revision: number;
  readonly compensation_ids: readonly string[];
}

/** Newest detection first. */
export const INCIDENT_LIST: ListSource = {
  select: `i.id, i.rule_id, i.rule_version, i.customer_id, i.key_path, i.key, i.state, i.detected_at,
    i.event_time, i.closed_at, i.refuted_at, i.depth, i.facts, i.amount_minor, i.currency, i.evidence, i.why,
    i.revision, array(select c.id from compensation c where c.incident_id = i.id order by c.unit, c.id)
      as compensation_ids`,
  from: 'incident i',
  sortBy: { expression: 'i.detected_at', type: 'timestamptz' },
  tieBy: { expression: 'i.id', type: 'text' },
};
