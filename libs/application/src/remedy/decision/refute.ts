import type { Sql } from '../../queries/sql';
import { voidBareApprovals } from '../approvals/open-bare-approvals';
import { Budgets } from '../budgets/budgets';
import { alignIncidents, changeIncidents, lockIncident } from '../incident/incident-rows';
import { freeWords } from '../limits/limit-counters';
import { cancelMessages } from '../messages/cancel-messages';
import { WITHDRAWABLE, type Compensation } from '../model/compensation';
import { LIVE_LANE, type Incident } from '../model/incident';
import { withdraw } from '../money/withdraw';
import { insertAudit, ruleAuthor } from '../store/audit-rows';
import { lockCompensationsOf } from '../store/compensation-rows';

/**
 * The incident turned out to be none (semantics 13): under its lock, what is not yet on its way is
 * withdrawn and gives back its limits and budget; what is being sent or paid stays.
 */
export async function refuteIncident(sql: Sql, incidentId: string): Promise<void> {
  const incident = await lockIncident(sql, incidentId);
  if (incident?.lane !== LIVE_LANE) return;
  const compensations = await lockCompensationsOf(sql, incidentId);
  // Units that were not decided yet will not be.
  await sql.query(`delete from decision_queue where incident_id = $1 and kind = 'decide'`, [
    incidentId,
  ]);
  const open = compensations.filter(({ state }) => WITHDRAWABLE.includes(state));
  const budgets = await Budgets.lock(sql, open);
  const author = ruleAuthor(incident.ruleId, incident.ruleVersion);
  for (const compensation of open) {
    await withdraw(sql, budgets, compensation, { to: 'withdrawn', author, reason: 'refuted' });
  }
  await budgets.write(sql);
  const state = await stateAfter(sql, incident, compensations);
  await changeIncidents(sql, [
    { id: incidentId, why: [refutedLine(open, compensations)], ...(state && { state }) },
  ]);
  if (state === undefined) await alignIncidents(sql, [incidentId]);
  await insertAudit(sql, [
    {
      author,
      action: 'incident.refute',
      object: `incident:${incidentId}`,
      after: { withdrawn: open.map(({ id }) => id) },
    },
  ]);
}

/** Undefined where the compensations that are left say it. */
async function stateAfter(
  sql: Sql,
  incident: Incident,
  compensations: readonly Compensation[],
): Promise<'refuted' | undefined> {
  const stays = compensations.some(
    ({ state }) => !WITHDRAWABLE.includes(state) && state !== 'withdrawn',
  );
  if (stays) return undefined;
  if (incident.state === 'apologised') return takeBackApology(sql, incident.id);
  await voidBareApprovals(sql, incident.id);
  if (incident.state === 'review') await freeWords(sql, incident.id);
  const isUndecided = ['paying', 'review', 'held', 'failed'].includes(incident.state);
  return isUndecided ? 'refuted' : undefined;
}

/** An apology that has not gone out is not sent, and no longer counts. */
async function takeBackApology(sql: Sql, incidentId: string): Promise<'refuted' | undefined> {
  await cancelMessages(sql, { incidentId }, 'refuted');
  const { rows } = await sql.query(
    `select 1 from message where incident_id = $1 and state in ('sending', 'sent')`,
    [incidentId],
  );
  if (rows.length > 0) return undefined;
  await freeWords(sql, incidentId);
  return 'refuted';
}

function refutedLine(
  withdrawn: readonly Compensation[],
  all: readonly Compensation[],
): { refuted: true; withdrawn: number; stays: number } {
  const stays = all.filter(({ state }) => ['sending', 'unknown', 'settled'].includes(state)).length;
  return { refuted: true, withdrawn: withdrawn.length, stays };
}
