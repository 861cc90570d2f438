import { formatMoney } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { openApprovals } from '../approvals/open-approvals';
import { openBareApprovals, type BareRequest } from '../approvals/open-bare-approvals';
import { alignIncidents, changeIncidents, type IncidentChange } from '../incident/incident-rows';
import { incidentStateOf } from '../incident/incident-state';
import { queueMessages } from '../messages/queue-messages';
import type { Compensation } from '../model/compensation';
import { LIVE_LANE } from '../model/incident';
import { insertAudit, ruleAuthor } from '../store/audit-rows';
import { insertCompensations } from '../store/compensation-rows';
import type { DecisionDesk } from './conclude-case';
import { removeFromQueue } from './queue-rows';
import type { Verdict } from './verdict';

/** Writes what a batch has decided: rows first that others refer to, last those that others wait for. */
export async function recordVerdicts(
  sql: Sql,
  desk: DecisionDesk,
  verdicts: readonly Verdict[],
): Promise<void> {
  await desk.counters.write(sql);
  const live = verdicts.filter(({ case: decided }) => decided.incident.lane === LIVE_LANE);
  const compensations = live.flatMap(({ compensation }) => compensation ?? []);
  await insertCompensations(sql, compensations);
  await openApprovals(
    sql,
    live.flatMap(({ compensation, approvalReason }) =>
      compensation && approvalReason !== undefined
        ? [{ compensation, reason: approvalReason }]
        : [],
    ),
  );
  await openBareApprovals(sql, live.flatMap(bareRequest));
  await queueMessages(
    sql,
    live.flatMap(({ apology }) => apology ?? []),
  );
  await removeFromQueue(
    sql,
    verdicts.map(({ case: decided }) => decided.row),
  );
  await changeIncidents(sql, mergeChanges(verdicts));
  await alignIncidents(sql, accruing(compensations));
  await insertAudit(sql, live.map(auditRow));
  await desk.payouts.write(sql);
  await countUndecidable(sql, live);
}

function bareRequest({ case: decided, bareReview: reason }: Verdict): BareRequest[] {
  if (reason === undefined) return [];
  const { incident, row } = decided;
  return [
    {
      incidentId: incident.id,
      unit: row.unit,
      customerId: row.customerId,
      requestedBy: `rule:${incident.ruleId}@${String(incident.ruleVersion)}`,
      reason,
      atMs: row.atMs,
    },
  ];
}

/** One change per incident, though several of its units may be decided in one batch. */
function mergeChanges(verdicts: readonly Verdict[]): IncidentChange[] {
  const changes = new Map<string, IncidentChange>();
  for (const verdict of verdicts) {
    const { incident, row } = verdict.case;
    const earlier = changes.get(incident.id);
    const state = stateOf(verdict);
    const unit = row.unit === 0 ? [] : [{ unit: row.unit }];
    changes.set(incident.id, {
      ...earlier,
      id: incident.id,
      why: [...(earlier?.why ?? []), ...unit, ...verdict.why],
      ...(state !== undefined && { state }),
      ...(verdict.compensation && { money: verdict.compensation.money }),
    });
  }
  return [...changes.values()];
}

/** Incidents of several units: what they come to depends on those decided before. */
function accruing(compensations: readonly Compensation[]): string[] {
  const ids = compensations.flatMap(({ unit, incidentId }) => (unit > 0 ? (incidentId ?? []) : []));
  return [...new Set(ids)];
}

/** Undefined where the incident keeps its state, or all its units together say it. */
function stateOf(verdict: Verdict): IncidentChange['state'] {
  const { incident, row } = verdict.case;
  const { state, compensation } = verdict;
  if (incident.lane !== LIVE_LANE) return undefined;
  if (compensation && row.unit === 0) {
    const compensations = [compensation.state];
    return incidentStateOf({ compensations, mayGrow: false, isRefuted: false });
  }
  // One unit that pays nothing says nothing of the others.
  if (row.unit > 0 && (state === 'skipped' || state === 'refuted')) return undefined;
  return state;
}

async function countUndecidable(sql: Sql, verdicts: readonly Verdict[]): Promise<void> {
  const counts = new Map<string, { ruleId: string; path: string; n: number }>();
  for (const { case: decided, undecidable: path } of verdicts) {
    if (path === undefined) continue;
    const { id: ruleId } = decided.rule;
    const key = JSON.stringify([ruleId, path]);
    counts.set(key, { ruleId, path, n: (counts.get(key)?.n ?? 0) + 1 });
  }
  if (counts.size === 0) return;
  // In one order everywhere: the detector counts in the same rows.
  const ordered = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  await sql.query(
    `insert into undecidable (rule_id, path, n, last_at)
     select r.rule_id, r.path, r.n, now()
     from unnest($1::text[], $2::text[], $3::bigint[]) as r(rule_id, path, n)
     on conflict (rule_id, path)
       do update set n = undecidable.n + excluded.n, last_at = excluded.last_at`,
    [
      ordered.map(({ ruleId }) => ruleId),
      ordered.map(({ path }) => path),
      ordered.map(({ n }) => n),
    ],
  );
}

function auditRow({ case: { incident, rule, row }, outcome, compensation }: Verdict) {
  return {
    author: ruleAuthor(rule.id, incident.ruleVersion),
    action: 'incident.decide',
    object: `incident:${incident.id}`,
    after: {
      outcome,
      ...(row.unit > 0 && { unit: row.unit }),
      ...(compensation && {
        compensation_id: compensation.id,
        amount: formatMoney(compensation.money),
      }),
    },
  };
}
