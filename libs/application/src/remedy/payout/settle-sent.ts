import { formatMoney } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { Budgets } from '../budgets/budgets';
import { alignIncidents } from '../incident/incident-rows';
import { queueMessages } from '../messages/queue-messages';
import type { Compensation } from '../model/compensation';
import { post } from '../money/ledger';
import { settledMessage } from '../money/payouts';
import { announcementOf, readOrigin } from '../money/proceed';
import { withdraw } from '../money/withdraw';
import type { Remedy } from '../remedy';
import { clockNowMs } from '../skip/clock-now';
import { insertAudit, type Author } from '../store/audit-rows';
import { changeCompensation } from '../store/compensation-rows';
import { voidApprovals } from '../approvals/open-approvals';

export interface Receipt {
  readonly providerRef: string | null;
  readonly arrives: string | null;
}

/**
 * What a provider has irrevocably accepted: ledger, budget, incident and the apology in one
 * transaction. The caller has locked the compensation, which was reserved before it was sent.
 */
export async function settleSent(
  sql: Sql,
  remedy: Remedy,
  compensation: Compensation,
  receipt: Receipt,
  author: Author,
): Promise<void> {
  const { id, money, budgetId, incidentId } = compensation;
  const origin = await readOrigin(sql, remedy, compensation);
  const budgets = await Budgets.lockOwn(sql, compensation);
  const period =
    budgetId === null ? null : budgets.spend(budgetId, money, await clockNowMs(sql, remedy.clock));
  await budgets.write(sql);
  await changeCompensation(
    sql,
    id,
    {
      state: 'settled',
      held_by: null,
      failure: null,
      budget_period: period,
      provider_ref: receipt.providerRef,
      arrives: receipt.arrives,
    },
    { settled: true, nextAttemptInMs: null },
  );
  const atMs = compensation.incidentAtMs;
  await post(sql, [{ kind: 'settle', compensation, wasReserved: true, atMs }]);
  const announcement = announcementOf(compensation, origin);
  if (announcement) await queueMessages(sql, [settledMessage(compensation, announcement)]);
  await voidApprovals(sql, id);
  await insertAudit(sql, [
    {
      author,
      action: 'compensation.settle',
      object: `compensation:${id}`,
      before: { state: compensation.state },
      after: { state: 'settled', amount: formatMoney(money), provider_ref: receipt.providerRef },
    },
  ]);
  if (incidentId !== null) await alignIncidents(sql, [incidentId]);
}

/** What has positively not moved: it is undone, and shown as failed. */
export async function failSent(
  sql: Sql,
  compensation: Compensation,
  author: Author,
  reason: string,
): Promise<void> {
  const { incidentId } = compensation;
  const budgets = await Budgets.lockOwn(sql, compensation);
  await withdraw(sql, budgets, compensation, { to: 'failed', author, reason });
  await budgets.write(sql);
  if (incidentId !== null) await alignIncidents(sql, [incidentId]);
}
