import type { WhyLine } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField, notFound, Refusal } from '../../access/refusal';
import { requireManager } from '../../access/require-manager';
import type { Sql } from '../../queries/sql';
import { changeIncidents, lockIncident } from '../incident/incident-rows';
import { freeLimits, wordRef } from '../limits/limit-counters';
import { queueMessages } from '../messages/queue-messages';
import { wordOf } from '../messages/word-of';
import { scopeOf, type Incident, type IncidentState } from '../model/incident';
import type { Remedy } from '../remedy';
import { clockNowMs } from '../skip/clock-now';
import { lookUpSkips } from '../skip/look-up-skips';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { requireOpen, type OpenRow } from './approval-rows';

export interface WordDecision {
  readonly id: string;
  readonly revision: number | undefined;
  readonly isYes: boolean;
  readonly note: string | null;
  readonly namesSum: boolean;
}

interface Row extends OpenRow {
  unit: number;
}

/**
 * A person decides about an apology without money: it is sent, or nothing is. Undefined when the
 * approval is about a compensation. Answers whether the message is queued; it is not where the
 * matter was put right in the meantime.
 */
export async function decideWord(
  sql: Sql,
  remedy: Remedy,
  asked: Asked,
  decision: WordDecision,
): Promise<'queued' | 'rejected' | 'already_put_right' | undefined> {
  const { id, note, isYes } = decision;
  const locked = await lockWord(sql, id, decision.revision);
  if (!locked) return undefined;
  const { incident, approval } = locked;
  const by = asked.actor.id;
  requireMayDecide(asked, approval, decision);

  const { unit } = approval;
  const rule = await remedy.rules.find(sql, incident.ruleId, incident.ruleVersion);
  const [skips = []] = await lookUpSkips(sql, remedy.history, [
    {
      scope: scopeOf(incident, rule, unit),
      skips: isYes && rule ? rule.decision.skips : [],
      clockMs: await clockNowMs(sql, remedy.clock),
      historyMark: null,
    },
  ]);
  const skip = skips.find(({ hit }) => hit === true);
  const isSent = isYes && skip === undefined;
  await sql.query(
    `update approval set state = $2, decided_by = $3, decided_at = now(), note = $4,
       revision = revision + 1
     where id = $1`,
    [id, isYes ? 'approved' : 'rejected', by, note],
  );
  const word = isSent && rule ? wordOf(rule.document, incident, unit) : undefined;
  if (word) await queueMessages(sql, [word]);
  if (!isSent) await freeLimits(sql, [wordRef(incident.id, unit)]);
  const why: WhyLine[] = [isYes ? { approved_by: by } : { rejected_by: by, ok: false }];
  if (skip) why.push({ skip_if: skip.index, hit: true, looked: 'again' });
  const ended = isSent ? 'apologised' : isYes ? 'skipped' : 'dismissed';
  await changeIncidents(sql, [
    { id: incident.id, state: await stateOf(sql, incident.id, ended), why },
  ]);
  await insertAudit(sql, [
    {
      author: askedAuthor(asked),
      action: isYes ? 'approval.approve' : 'approval.reject',
      object: `approval:${id}`,
      ...wordsAbout(incident.customerId, askedAuthor(asked)),
      before: { incident_id: incident.id },
      reason: note,
    },
  ]);
  if (!isYes) return 'rejected';
  return isSent ? 'queued' : 'already_put_right';
}

function requireMayDecide(
  { actor }: Asked,
  approval: Row,
  { isYes, namesSum }: WordDecision,
): void {
  if (actor.id === approval.requested_by) throw new Refusal('self_approval');
  if (!isYes) requireManager(actor);
  if (namesSum) throw noSum();
}

/** Locks the incident and then the approval; undefined when that is about a compensation. */
async function lockWord(
  sql: Sql,
  id: string,
  revision: number | undefined,
): Promise<{ incident: Incident; approval: Row } | undefined> {
  const { rows: known } = await sql.query<{ incident_id: string }>(
    'select incident_id from approval where id = $1 and compensation_id is null',
    [id],
  );
  const incident = known[0] && (await lockIncident(sql, known[0].incident_id));
  if (!incident) return undefined;
  const { rows } = await sql.query<Row>(
    `select state, decided_by, requested_by, revision, unit from approval where id = $1 for update`,
    [id],
  );
  const [approval] = rows;
  if (!approval) throw notFound();
  requireOpen(approval, revision);
  return { incident, approval };
}

/** While another unit waits for a person, so does the incident; one apology is an apology. */
async function stateOf(
  sql: Sql,
  incidentId: string,
  ended: 'apologised' | 'skipped' | 'dismissed',
): Promise<IncidentState> {
  const { rows } = await sql.query<{ open: boolean; sent: boolean }>(
    `select exists (select 1 from approval where incident_id = $1 and state = 'open') as open,
       exists (select 1 from message where incident_id = $1 and compensation_id is null) as sent`,
    [incidentId],
  );
  if (rows[0]?.open) return 'review';
  return rows[0]?.sent ? 'apologised' : ended;
}

function noSum(): Refusal {
  return invalidField('/amount', 'amount_not_lower', {
    en: 'this is about an apology without money; there is no sum to lower',
    zh: '此审批只涉及道歉，没有可调整的金额',
  });
}
