import { formatMoney } from '@amends/domain';
import { inStep } from '../../queries/in-step';
import type { Sql } from '../../queries/sql';
import type { Budgets } from '../budgets/budgets';
import type { ExitCeilings } from '../exit/exit-ceilings';
import { queueMessages, type MessageRequest } from '../messages/queue-messages';
import type { Compensation } from '../model/compensation';
import { isBuiltIn } from '../payout/payout-provider';
import type { Remedy } from '../remedy';
import { insertAudit, type AuditRow, type Author } from '../store/audit-rows';
import { post, type Posting } from './ledger';
import { voucherCode } from './voucher-code';
import type { VoucherPools } from './voucher-pools';
import { issueVouchers, type Voucher } from './vouchers';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Held because nobody is set up to pay it. */
export const NO_PROVIDER = 'no-provider';
/** Held because the pool that its code has to come from is empty. */
export const NO_VOUCHER_CODE = 'no-voucher-code';

/** What the customer is told once the money has moved; undefined: nothing. */
export type Announcement = Pick<MessageRequest, 'templateId' | 'channels' | 'urgent'> | undefined;

export interface PayoutsOptions {
  /** The clock of the budgets' periods, epoch ms. */
  readonly clockMs: number;
  readonly voucherDays: number;
  /** Codes set aside for the vouchers among them. */
  readonly pools: VoucherPools;
  readonly ceilings: ExitCeilings;
}

/**
 * Payouts that start in one transaction. A credit or voucher moves here and now; for the others the
 * sum is set aside, and the payer sends it. Collected with `start`, written with `write`, the budgets
 * they count in included, once the compensations themselves are.
 */
export class Payouts {
  private readonly postings: Posting[] = [];
  private readonly vouchers: Voucher[] = [];
  private readonly messages: MessageRequest[] = [];
  private readonly settled: Compensation[] = [];
  private readonly audit: (AuditRow & { readonly author: Author })[] = [];
  private startsSending = false;

  constructor(
    private readonly remedy: Pick<Remedy, 'providers' | 'observer' | 'wake'>,
    private readonly budgets: Budgets,
    private readonly options: PayoutsOptions,
  ) {}

  /** What becomes of a compensation whose limits and budget are reserved. */
  start(compensation: Compensation, announcement: Announcement, author: Author): Compensation {
    if (compensation.kind === 'voucher') {
      return this.giveVoucher(compensation, announcement, author);
    }
    if (isBuiltIn(compensation.kind)) {
      const heldBy = this.options.ceilings.take(compensation);
      return heldBy === undefined
        ? this.settle(compensation, announcement, author)
        : this.hold(compensation, author, heldBy);
    }
    const provider = this.remedy.providers.find(compensation.kind, compensation.brand);
    if (!provider) return this.hold(compensation, author, NO_PROVIDER);
    const reserved: Compensation = {
      ...compensation,
      state: 'reserved',
      heldBy: null,
      provider: provider.name,
    };
    this.postings.push({
      kind: 'reserve',
      compensation: reserved,
      wasReserved: false,
      atMs: reserved.incidentAtMs,
    });
    this.note(author, 'compensation.reserve', reserved);
    this.startsSending = true;
    return reserved;
  }

  /**
   * Budgets, ceilings and wallets come last and in this order: others wait for these rows, and do so
   * only until the commit that follows.
   */
  async write(sql: Sql): Promise<void> {
    await this.options.pools.write(sql);
    await issueVouchers(sql, this.vouchers);
    await queueMessages(sql, this.messages);
    await insertAudit(sql, this.audit);
    // Sent together: for as long as we waited for answers in between, others would wait for us.
    await inStep(
      this.budgets.write(sql),
      this.options.ceilings.write(sql),
      post(sql, this.postings),
    );
  }

  /** After the commit: wakes who goes on, and counts what has moved. */
  announce(): void {
    if (this.startsSending) this.remedy.wake.signal('payouts');
    if (this.messages.length > 0) this.remedy.wake.signal('messages');
    const { observer } = this.remedy;
    for (const { kind, money, incidentAtMs } of this.settled) {
      observer.settled(kind, money.currency, money.minor);
      observer.madeGood('moved', Math.max(0, Date.now() - incidentAtMs) / 1000);
    }
  }

  private giveVoucher(
    compensation: Compensation,
    announcement: Announcement,
    author: Author,
  ): Compensation {
    const { id, brand, money, customerId } = compensation;
    const { pools, ceilings, voucherDays } = this.options;
    const choice = pools.choose({ brand, template: announcement?.templateId ?? null }, money);
    if (choice.kind === 'exhausted') {
      this.note(author, 'compensation.hold', compensation, choice.reason);
      return { ...compensation, state: 'held', heldBy: NO_VOUCHER_CODE };
    }
    const heldBy = ceilings.take(compensation);
    if (heldBy !== undefined) return this.hold(compensation, author, heldBy);
    const code = choice.kind === 'given' ? choice.code : voucherCode();
    const expiresAtMs =
      choice.kind === 'given' ? choice.expiresAtMs : Date.now() + voucherDays * DAY_MS;
    if (choice.kind === 'given') pools.take(code, id);
    this.vouchers.push({ code, compensationId: id, customerId, money, expiresAtMs });
    return this.settle({ ...compensation, voucherCode: code }, announcement, author);
  }

  private hold(compensation: Compensation, author: Author, heldBy: string): Compensation {
    this.note(author, 'compensation.hold', compensation, heldBy);
    if (heldBy !== NO_PROVIDER) this.remedy.observer.limited('ceiling', 'hold');
    return { ...compensation, state: 'held', heldBy };
  }

  private settle(
    compensation: Compensation,
    announcement: Announcement,
    author: Author,
  ): Compensation {
    const { money, incidentAtMs, budgetId } = compensation;
    const { clockMs } = this.options;
    const settled: Compensation = {
      ...compensation,
      state: 'settled',
      heldBy: null,
      provider: compensation.kind === 'credit' ? 'wallet' : 'voucher',
      budgetPeriod: budgetId === null ? null : this.budgets.spend(budgetId, money, clockMs),
    };
    this.postings.push({
      kind: 'settle',
      compensation: settled,
      wasReserved: false,
      atMs: incidentAtMs,
    });
    this.settled.push(settled);
    this.note(author, 'compensation.settle', settled);
    if (announcement) this.messages.push(settledMessage(settled, announcement));
    return settled;
  }

  private note(
    author: Author,
    action: string,
    { id, state, kind, money }: Compensation,
    reason?: string,
  ): void {
    this.audit.push({
      author,
      action,
      object: `compensation:${id}`,
      after: { state, as: kind, amount: formatMoney(money) },
      ...(reason !== undefined && { reason }),
    });
  }
}

/** The apology for a sum that has moved: it names exactly that sum. */
export function settledMessage(
  compensation: Compensation,
  announcement: NonNullable<Announcement>,
): MessageRequest {
  const { id, incidentId, customerId, money, incidentAtMs, round } = compensation;
  return {
    ...announcement,
    customerId,
    compensationId: id,
    incidentId,
    promised: money,
    atMs: incidentAtMs,
    purpose: round === 1 ? 'settled' : `settled:${String(round)}`,
  };
}
