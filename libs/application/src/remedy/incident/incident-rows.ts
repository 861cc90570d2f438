import type { JsonObject, Money, WhyLine } from '@amends/domain';
import { readVars } from '../../events/stored-vars';
import type { Sql } from '../../queries/sql';
import { isLive, type CompensationState } from '../model/compensation';
import type { Incident, IncidentState } from '../model/incident';
import { toJson } from '../store/insert-rows';
import { incidentStateOf } from './incident-state';

interface Row {
  id: string;
  rule_id: string;
  rule_version: number;
  lane: number;
  customer_id: string;
  state: IncidentState;
  event_time: Date;
  detected_at: Date;
  closed_at: Date | null;
  refuted_at: Date | null;
  event: JsonObject;
  vars: JsonObject;
  facts: JsonObject;
}

/** Locks incidents, in the order of their ids, and reads them. */
export async function lockIncidents(
  sql: Sql,
  ids: readonly string[],
): Promise<Map<string, Incident>> {
  const { rows } = await sql.query<Row>(
    `select id, rule_id, rule_version, lane, customer_id, state, event_time, detected_at,
       closed_at, refuted_at, event, vars, facts
     from incident where id = any($1) order by id for no key update`,
    [ids],
  );
  return new Map(rows.map((row) => [row.id, toIncident(row)]));
}

export async function lockIncident(sql: Sql, id: string): Promise<Incident | undefined> {
  return (await lockIncidents(sql, [id])).get(id);
}

/** A change to an incident that the caller has locked. */
export interface IncidentChange {
  readonly id: string;
  /** Left as it is when absent. */
  readonly state?: IncidentState;
  /** Added to what `why` says already. */
  readonly why: readonly WhyLine[];
  /** What the incident is worth so far; left as it is when absent. */
  readonly money?: Money;
}

export async function changeIncidents(sql: Sql, changes: readonly IncidentChange[]): Promise<void> {
  if (changes.length === 0) return;
  await sql.query(
    `update incident i set state = coalesce(r.state, i.state), why = i.why || r.why,
       amount_minor = coalesce(r.amount_minor, i.amount_minor),
       currency = coalesce(r.currency, i.currency), revision = i.revision + 1, updated_at = now()
     from jsonb_to_recordset($1::jsonb)
       as r(id text, state text, why jsonb, amount_minor bigint, currency text)
     where i.id = r.id`,
    [
      toJson(
        changes.map(({ id, state, why, money }) => ({
          id,
          state: state ?? null,
          why,
          amount_minor: money?.minor ?? null,
          currency: money?.currency ?? null,
        })),
      ),
    ],
  );
}

interface AffairsRow {
  id: string;
  state: IncidentState;
  closed: boolean;
  refuted: boolean;
  pending: boolean;
  compensations: { state: CompensationState; unit: number; minor: string; currency: string }[];
}

/**
 * Brings the state of incidents into line with their compensations, after one of these changed. The
 * caller has locked them. What a person has closed stays closed.
 */
export async function alignIncidents(sql: Sql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const { rows } = await sql.query<AffairsRow>(
    `select i.id, i.state, i.closed_at is not null as closed, i.refuted_at is not null as refuted,
       exists (select 1 from decision_queue q where q.incident_id = i.id and q.kind = 'decide')
         as pending,
       coalesce((select jsonb_agg(jsonb_build_object('state', c.state, 'unit', c.unit,
                   'minor', c.amount_minor::text, 'currency', c.currency))
                 from compensation c where c.incident_id = i.id), '[]') as compensations
     from incident i where i.id = any($1) and i.lane = 0`,
    [ids],
  );
  const changes = rows.flatMap(({ id, state, closed, refuted, pending, compensations }) => {
    const accrues = compensations.some(({ unit }) => unit > 0);
    const next = incidentStateOf({
      compensations: withoutPutRight(compensations).map((compensation) => compensation.state),
      mayGrow: accrues && (pending || !closed),
      isRefuted: refuted,
    });
    const money = sumOf(compensations);
    const isSame = next === undefined || (next === state && !accrues);
    return isSame ? [] : [{ id, state: next, why: [], ...(money && { money }) }];
  });
  await changeIncidents(sql, changes);
}

/** A failure is put right by another compensation of the same unit, as one that is given by hand. */
function withoutPutRight(compensations: AffairsRow['compensations']): AffairsRow['compensations'] {
  const live = new Set(compensations.filter(({ state }) => isLive(state)).map(({ unit }) => unit));
  return compensations.filter(({ state, unit }) => state !== 'failed' || !live.has(unit));
}

/** What was given or is on its way; of one currency, since a rule's amount has one per incident. */
function sumOf(compensations: AffairsRow['compensations']): Money | undefined {
  const given = compensations.filter(({ state }) => !['withdrawn', 'rejected'].includes(state));
  // One that took the place of a failed or reversed one is worth the same, once.
  const standing = given.filter(({ state }) => isLive(state));
  const counted = standing.length > 0 ? standing : given;
  const [first] = counted;
  if (!first) return undefined;
  const same = counted.filter(({ currency }) => currency === first.currency);
  const minor = same.reduce((sum, compensation) => sum + BigInt(compensation.minor), 0n);
  return { minor, currency: first.currency };
}

function toIncident(row: Row): Incident {
  return {
    id: row.id,
    ruleId: row.rule_id,
    ruleVersion: row.rule_version,
    lane: row.lane,
    customerId: row.customer_id,
    state: row.state,
    eventTimeMs: row.event_time.getTime(),
    detectedAtMs: row.detected_at.getTime(),
    isClosed: row.closed_at !== null,
    isRefuted: row.refuted_at !== null,
    event: row.event,
    vars: readVars(row),
    facts: row.facts,
  };
}
