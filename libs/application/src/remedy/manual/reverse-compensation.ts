import { formatMoney } from '@amends/domain';
import type { Asked } from '../../access/actor';
import { notFound, Refusal } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import { Budgets } from '../budgets/budgets';
import { alignIncidents } from '../incident/incident-rows';
import { freeLimits } from '../limits/limit-counters';
import { cancelMessages } from '../messages/cancel-messages';
import type { Compensation } from '../model/compensation';
import { post } from '../money/ledger';
import { voidVoucher } from '../money/vouchers';
import { isBuiltIn } from '../payout/payout-provider';
import type { Remedy } from '../remedy';
import { askedAuthor, insertAudit, wordsAbout } from '../store/audit-rows';
import { changeCompensation, lockCompensation } from '../store/compensation-rows';
import { requireRevision, type CompensationChanged } from './retry-compensation';

export interface ReverseInput {
  readonly id: string;
  readonly revision?: number | undefined;
  readonly reason: string;
}

/**
 * Takes a credit back out of the wallet by an opposite posting, or voids a voucher. What a provider
 * has sent cannot be taken back here.
 */
export class ReverseCompensation {
  constructor(private readonly remedy: Remedy) {}

  async execute(asked: Asked, input: ReverseInput): Promise<CompensationChanged> {
    return this.remedy.database.transaction(async (sql) => {
      const compensation = await lockCompensation(sql, input.id);
      if (!compensation) throw notFound();
      requireRevision(compensation, input.revision);
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
      await insertAudit(sql, [
        {
          author: askedAuthor(asked),
          action: 'compensation.reverse',
          object: `compensation:${id}`,
          ...wordsAbout(compensation.customerId, askedAuthor(asked)),
          before: { state: 'settled', amount: formatMoney(money) },
          after: { state: 'reversed' },
          reason: input.reason,
        },
      ]);
      if (incidentId !== null) await alignIncidents(sql, [incidentId]);
      return { compensationId: id, state: 'reversed' };
    });
  }
}

function requireReversible({ state, kind }: Compensation): void {
  if (state !== 'settled') throw new Refusal('conflict', { extra: { reason: state } });
  if (isBuiltIn(kind)) return;
  throw new Refusal('conflict', {
    detail: `A ${kind} has left to its provider and cannot be taken back here.`,
    extra: { reason: 'not_reversible' },
  });
}

/** A wallet never goes below zero. */
async function requireBalance(sql: Sql, { kind, customerId, money }: Compensation): Promise<void> {
  if (kind !== 'credit') return;
  const { rows } = await sql.query<{ balance_minor: bigint }>(
    'select balance_minor from wallet_balance where customer_id = $1 and currency = $2 for update',
    [customerId, money.currency],
  );
  if ((rows[0]?.balance_minor ?? 0n) >= money.minor) return;
  throw new Refusal('conflict', { extra: { reason: 'insufficient_balance' } });
}
