import { formatMoney } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { voidApprovals } from '../approvals/open-approvals';
import type { Budgets } from '../budgets/budgets';
import { freeLimits } from '../limits/limit-counters';
import type { Compensation } from '../model/compensation';
import { insertAudit, wordsAbout, type Author } from '../store/audit-rows';
import { changeCompensation } from '../store/compensation-rows';
import { post } from './ledger';

export interface Withdrawal {
  /** `rejected` by a person, `failed` at the provider, `withdrawn` for any other reason. */
  readonly to: 'withdrawn' | 'rejected' | 'failed';
  readonly author: Author;
  readonly reason: string;
}

/**
 * Ends a compensation that has moved nothing and never will: its limits and budget are free again,
 * its reservation in the ledger is undone, nobody is asked about it any more. The caller has locked
 * it and its budget, and writes the budgets.
 */
export async function withdraw(
  sql: Sql,
  budgets: Budgets,
  compensation: Compensation,
  { to, author, reason }: Withdrawal,
): Promise<void> {
  const { id, money, budgetId, customerId } = compensation;
  const about = wordsAbout(customerId, author);
  if (budgetId !== null) budgets.release(budgetId, money);
  await freeLimits(sql, [id]);
  await changeCompensation(
    sql,
    id,
    {
      state: to,
      held_by: null,
      budget_id: null,
      ...(to === 'failed' && { failure: reason }),
    },
    { nextAttemptInMs: null },
  );
  if (await isReservedInLedger(sql, compensation)) {
    const atMs = compensation.incidentAtMs;
    await post(sql, [{ kind: 'void', compensation, wasReserved: true, atMs }]);
    await insertAudit(sql, [
      { author, action: 'compensation.void', object: `compensation:${id}`, ...about, reason },
    ]);
  }
  await voidApprovals(sql, id);
  await insertAudit(sql, [
    {
      author,
      action: `compensation.${to}`,
      object: `compensation:${id}`,
      ...about,
      before: { state: compensation.state },
      after: { state: to, amount: formatMoney(money) },
      reason,
    },
  ]);
}

async function isReservedInLedger(sql: Sql, { id, round }: Compensation): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from ledger_tx t where t.compensation_id = $1 and t.round = $2 and t.kind = 'reserve'
       and not exists (select 1 from ledger_tx e where e.compensation_id = t.compensation_id
         and e.round = t.round and e.kind in ('settle', 'void'))`,
    [id, round],
  );
  return rows.length > 0;
}
