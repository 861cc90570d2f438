import { formatMoney } from '@amends/domain';
import { derivedId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import { openApprovals } from '../approvals/open-approvals';
import { Budgets } from '../budgets/budgets';
import { alignIncidents, changeIncidents } from '../incident/incident-rows';
import { cancelMessages } from '../messages/cancel-messages';
import { contentHash, type Compensation } from '../model/compensation';
import { post } from '../money/ledger';
import type { Remedy } from '../remedy';
import { clockNowMs } from '../skip/clock-now';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { changeCompensation, insertCompensations } from '../store/compensation-rows';

/** What tells the customer that the money comes another way than was said. */
const CHANGED_TEMPLATE = 'payout-changed';

/**
 * A payout that its provider had accepted has failed after all: it is taken out of the books, and a
 * person is asked to let the same sum go to the customer's wallet (DESIGN.md, Remedy). Its place in
 * limits and budget goes over to that one, so that it can neither be lost nor given twice. The
 * caller has locked the compensation, which is settled, and noted the failure of its attempt.
 */
export async function failAccepted(
  sql: Sql,
  remedy: Remedy,
  failed: Compensation,
  proof: string,
): Promise<void> {
  const { id, money, incidentId, incidentAtMs: atMs } = failed;
  const isTold = await isCustomerTold(sql, id);
  const other = otherWay(failed, isTold ? CHANGED_TEMPLATE : failed.template);
  const budgetId = await moveBudget(sql, remedy, failed);
  const change = { state: 'reversed', budget_id: null, failure: proof } as const;
  await changeCompensation(sql, id, change, { nextAttemptInMs: null });
  await post(sql, [{ kind: 'reverse', compensation: failed, wasReserved: false, atMs }]);
  await insertCompensations(sql, [{ ...other, budgetId }]);
  await sql.query('update limit_entry set entry_ref = $2 where entry_ref = $1', [id, other.id]);
  await cancelMessages(sql, { compensationId: id }, 'the payout failed');
  const reason = `the ${failed.kind} failed after it had been accepted: ${proof}`;
  await openApprovals(sql, [{ compensation: other, reason }]);
  const amount = formatMoney(money);
  const common = { author: REMEDY, reason };
  await insertAudit(sql, [
    {
      ...common,
      action: 'compensation.reverse',
      object: `compensation:${id}`,
      before: { state: 'settled', amount },
      after: { state: 'reversed' },
    },
    {
      ...common,
      action: 'compensation.propose',
      object: `compensation:${other.id}`,
      after: { state: other.state, as: other.kind, amount, instead_of: id },
    },
  ]);
  if (incidentId === null) return;
  const why = [{ payout_failed: failed.kind, proof, ok: false }, { review: reason }];
  await changeIncidents(sql, [{ id: incidentId, why }]);
  await alignIncidents(sql, [incidentId]);
}

function otherWay(failed: Compensation, template: string | null): Compensation {
  const other: Compensation = {
    ...failed,
    id: derivedId('cmp', failed.incidentAtMs, `${failed.id}:other-way`),
    kind: 'credit',
    state: 'awaiting_approval',
    needsApproval: true,
    template,
    budgetId: null,
    budgetPeriod: null,
    provider: null,
    heldBy: null,
    round: 1,
    revision: 1,
  };
  return { ...other, contentHash: contentHash(other) };
}

/** What was spent is set aside anew; null where the budget of today does not have it. */
async function moveBudget(sql: Sql, remedy: Remedy, failed: Compensation): Promise<string | null> {
  const { budgetId, budgetPeriod, money } = failed;
  if (budgetId === null) return null;
  const budgets = await Budgets.lock(sql, [failed]);
  budgets.refund(budgetId, money, budgetPeriod);
  const verdict = budgets.reserve(failed, await clockNowMs(sql, remedy.clock));
  await budgets.write(sql);
  return verdict.kind === 'reserved' ? verdict.budgetId : null;
}

async function isCustomerTold(sql: Sql, compensationId: string): Promise<boolean> {
  const { rows } = await sql.query(
    `select 1 from message where compensation_id = $1 and state in ('sending', 'sent') limit 1`,
    [compensationId],
  );
  return rows.length > 0;
}
