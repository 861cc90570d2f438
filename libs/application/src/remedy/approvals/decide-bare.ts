import { formatMoney, type Money, type WhyLine } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { invalidField, notFound, Refusal } from '../../access/refusal';
import { requireManager } from '../../access/require-manager';
import type { Sql } from '../../queries/sql';
import { changeIncidents, lockIncident } from '../incident/incident-rows';
import { freeLimits, wordRef } from '../limits/limit-counters';
import { queueMessages } from '../messages/queue-messages';
import type { CreateManualCompensation } from '../manual/create-manual-compensation';
import { wordOf } from '../messages/word-of';
import { scopeOf, type Incident, type IncidentState } from '../model/incident';
import type { Remedy } from '../remedy';
import { clockNowMs } from '../skip/clock-now';
import { lookUpSkips } from '../skip/look-up-skips';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { closeWithoutSum, requireOpen, type OpenRow } from './approval-rows';
import { giveNamedSum } from './give-named-sum';

export interface BareDecision {
  readonly id: string;
  readonly revision: number | undefined;
  readonly isYes: boolean;
  readonly note: string | null;
  /** The sum that a person names. */
  readonly money?: Money | undefined;
}

/** How it ended; a compensation where a person named the sum. */
export type BareOutcome =
  | { readonly kind: 'queued' | 'rejected' | 'already_put_right' }
  | { readonly kind: 'given'; readonly compensation: Given };

const KINDS = {
  apologised: 'queued',
  skipped: 'already_put_right',
  dismissed: 'rejected',
} as const;

type Given = Awaited<ReturnType<CreateManualCompensation['createIn']>>;

interface Row extends OpenRow {
  unit: number;
  reason: string;
}

/**
 * A person decides where there is no compensation yet. An apology without money is sent; where the rule
 * could not name a sum, the person does, and it is given as any sum by hand: over the person's own limit
 * it waits for another. A no means nothing. Undefined when the approval is about a compensation or a
 * change. What was put right in the meantime is neither sent nor paid.
 */
export async function decideBare(
  sql: Sql,
  remedy: Remedy,
  asked: Asked,
  decision: BareDecision,
): Promise<BareOutcome | undefined> {
  const { id, note, isYes } = decision;
  const locked = await lockBare(sql, id, decision.revision);
  if (!locked) return undefined;
  const { incident, approval } = locked;
  const by = asked.actor.id;
  const { unit } = approval;
  const rule = await remedy.rules.find(sql, incident.ruleId, incident.ruleVersion);
  const owesMoney = rule !== undefined && rule.document.pay.as !== 'nothing';
  requireMayDecide(asked, approval, decision, owesMoney);

  const [skips = []] = await lookUpSkips(sql, remedy.history, [
    {
      scope: scopeOf(incident, rule, unit),
      skips: isYes && rule ? rule.decision.skips : [],
      clockMs: await clockNowMs(sql, remedy.clock),
      historyMark: null,
    },
  ]);
  const skip = skips.find(({ hit }) => hit === true);
  const isDone = isYes && skip === undefined;
  if (isDone && owesMoney && decision.money !== undefined) {
    const sum = { money: decision.money, note: note ?? approval.reason, unit };
    const compensation = await giveNamedSum(sql, remedy, asked, { incident, rule, sum });
    const { compensationId } = compensation;
    const given = { compensationId, amount: formatMoney(decision.money) };
    await close(sql, asked, { id, incident, isYes, note, given });
    return { kind: 'given', compensation };
  }
  await close(sql, asked, { id, incident, isYes, note });
  const word = isDone && rule ? wordOf(rule.document, incident, unit) : undefined;
  if (word) await queueMessages(sql, [word]);
  if (!isDone) await freeLimits(sql, [wordRef(incident.id, unit)]);
  const why: WhyLine[] = [isYes ? { approved_by: by } : { rejected_by: by, ok: false }];
  if (skip) why.push({ skip_if: skip.index, hit: true, looked: 'again' });
  const ended = isDone ? 'apologised' : isYes ? 'skipped' : 'dismissed';
  await changeIncidents(sql, [
    { id: incident.id, state: await stateOf(sql, incident.id, ended), why },
  ]);
  return { kind: KINDS[ended] };
}

function requireMayDecide(
  { actor }: Asked,
  approval: Row,
  { isYes, money }: BareDecision,
  owesMoney: boolean,
): void {
  if (actor.id === approval.requested_by) throw new Refusal('self_approval');
  if (!isYes) requireManager(actor);
  else if (owesMoney && (money === undefined || money.minor <= 0n)) throw sumMissing();
  else if (!owesMoney && money !== undefined) throw noSum();
}

/** Closes the approval; the audit says what came of it where a sum was named. */
async function close(
  sql: Sql,
  asked: Asked,
  decision: {
    readonly id: string;
    readonly incident: Incident;
    readonly isYes: boolean;
    readonly note: string | null;
    readonly given?: { readonly compensationId: string; readonly amount: string };
  },
): Promise<void> {
  const { id, incident, isYes, note, given } = decision;
  await closeWithoutSum(sql, id, { isYes, by: asked.actor.id, note });
  await insertAudit(sql, [
    {
      author: askedAuthor(asked),
      action: isYes ? 'approval.approve' : 'approval.reject',
      object: `approval:${id}`,
      ...wordsAbout(incident.customerId, askedAuthor(asked)),
      before: { incident_id: incident.id },
      ...(given && { after: { compensation_id: given.compensationId, amount: given.amount } }),
      reason: note,
    },
  ]);
}

/** Locks the incident and then the approval; undefined when that is about a compensation. */
async function lockBare(
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
    `select state, decided_by, requested_by, revision, unit, reason from approval where id = $1 for update`,
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
    `select exists (select 1 from approval
         where incident_id = $1 and state = 'open' and kind is null) as open,
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

function sumMissing(): Refusal {
  return invalidField('/amount', 'required', {
    en: 'the rule could not name a sum: say what is given',
    zh: '规则无法确定金额：请填写金额',
  });
}
