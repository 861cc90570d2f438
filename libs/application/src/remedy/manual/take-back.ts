import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import { voidApprovals } from '../approvals/open-approvals';
import { Budgets } from '../budgets/budgets';
import { alignIncidents } from '../incident/incident-rows';
import { freeLimits } from '../limits/limit-counters';
import { cancelMessages } from '../messages/cancel-messages';
import type { Compensation } from '../model/compensation';
import { post } from '../money/ledger';
import { voidVoucher } from '../money/vouchers';
import { isBuiltIn } from '../payout/payout-provider';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { changeCompensation } from '../store/compensation-rows';

/** Why something is taken back, and by whose word. */
export interface TakingBack {
  /** Who did it: the second of two people where two are needed. */
  readonly asked: Asked;
  readonly reason: string | null;
  /** Where two people were needed: what the second said yes to, and who wanted it. */
  readonly approval?: { readonly id: string; readonly requestedBy: string };
}

/**
 * Takes back what was paid: the caller has locked it. A hold stops what leaves, and not this.
 *
 * @throws Refusal `conflict`: it is not paid, cannot be taken back, or has been spent
 */
export async function takeBack(
  sql: Sql,
  compensation: Compensation,
  { asked, reason, approval }: TakingBack,
): Promise<void> {
  requireReversible(compensation);
  const { id, budgetId, money, incidentId, incidentAtMs: atMs } = compensation;
  const budgets = await Budgets.lockOwn(sql, compensation);
  if (budgetId !== null) budgets.refund(budgetId, money, compensation.budgetPeriod);
  await budgets.write(sql);
  await requireBalance(sql, compensation);
  await changeCompensation(sql, id, { state: 'reversed', budget_id: null });
  await post(sql, [{ kind: 'reverse', compensation, wasReserved: false, atMs }]);
  if (compensation.kind === 'voucher') await voidVoucher(sql, id);
  await freeLimits(sql, [id]);
  await cancelMessages(sql, { compensationId: id }, 'reversed');
  // Where it was asked for when two were needed, and now one is enough.
  await voidApprovals(sql, id);
  const author = askedAuthor(asked);
  await insertAudit(sql, [
    {
      author,
      action: 'compensation.reverse',
      object: `compensation:${id}`,
      ...wordsAbout(compensation.customerId, author),
      before: { state: 'settled', amount: formatMoney(money) },
      after: {
        state: 'reversed',
        ...(approval && { approval_id: approval.id, requested_by: approval.requestedBy }),
      },
      reason,
    },
  ]);
  if (incidentId !== null) await alignIncidents(sql, [incidentId]);
}

/** @throws Refusal `conflict` */
export function requireReversible({ state, kind }: Compensation): void {
  if (state !== 'settled') throw new Refusal('conflict', { extra: { reason: state } });
  if (isBuiltIn(kind)) return;
  throw new Refusal('conflict', {
    detail: `A ${kind} has left to its provider and cannot be taken back here.`,
    extra: { reason: 'not_reversible' },
  });
}

/**
 * A wallet never goes below zero.
 *
 * @throws Refusal `conflict`
 */
export async function requireBalance(
  sql: Sql,
  { kind, customerId, money }: Compensation,
): Promise<void> {
  if (kind !== 'credit') return;
  const { rows } = await sql.query<{ balance_minor: bigint }>(
    'select balance_minor from wallet_balance where customer_id = $1 and currency = $2 for update',
    [customerId, money.currency],
  );
  if ((rows[0]?.balance_minor ?? 0n) >= money.minor) return;
  throw new Refusal('conflict', { extra: { reason: 'insufficient_balance' } });
}
