import type { Money } from '@amends/domain';
import type { Traits } from './personality';

/** A payment that can be refunded. */
export interface Payment {
  readonly id: string;
  readonly captured: Money;
  readonly isDisputed: boolean;
}

export interface Refund {
  readonly id: string;
  /** The key of the request that made it, as the caller gave it. */
  readonly key: string;
  readonly payment: string;
  readonly money: Money;
  readonly createdAtMs: number;
  /** From then on it has been paid. */
  readonly settlesAtMs: number;
  /** From then on it has failed, and the money is back; null: it does not. */
  readonly failsAtMs: number | null;
}

export type RefundStatus = 'pending' | 'succeeded' | 'failed';

/** Why nothing moves. */
export type Refusal =
  | 'payment_not_found'
  | 'charge_already_refunded'
  | 'amount_too_large'
  | 'currency_mismatch'
  | 'charge_disputed'
  | 'insufficient_balance'
  | 'too_many_refunds'
  | 'refund_too_soon';

/** Money that moved, or came back: written before anybody is answered. */
export interface ProviderMovement {
  readonly kind: 'moved' | 'returned';
  readonly ref: string;
  readonly key: string;
  readonly payment: string;
  readonly money: Money;
  readonly atMs: number;
}

export interface RefundOrder {
  readonly key: string;
  readonly payment: string;
  readonly money: Money;
  /** Accepted, and not through for so long; the provider's usual time unless given. */
  readonly pendingMs?: number;
  /** Fails so long after it was accepted. */
  readonly failsAfterMs?: number;
}

export interface ProviderBookOptions {
  readonly traits: Traits;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly write: (movement: ProviderMovement) => void;
}

/** Payments and refunds of a provider: what may move, what did, and how it stands now. */
export class ProviderBook {
  /** What the provider can still pay out, per currency; a currency that is missing has no end. */
  readonly balances = new Map<string, bigint>();
  private readonly payments = new Map<string, Payment>();
  private readonly refunds = new Map<string, Refund>();
  private readonly byPayment = new Map<string, Refund[]>();
  private readonly byKey = new Map<string, Refund[]>();
  private readonly failing = new Set<Refund>();

  constructor(private readonly options: ProviderBookOptions) {}

  capture(id: string, captured: Money, { isDisputed = false } = {}): void {
    this.payments.set(id, { id, captured, isDisputed });
  }

  payment(id: string): Payment | undefined {
    return this.payments.get(id);
  }

  refund(order: RefundOrder): Refund | Refusal {
    const refusal = this.refusal(order);
    if (refusal !== undefined) return refusal;
    const { traits, now, write } = this.options;
    const { key, payment, money } = order;
    const atMs = now();
    const refund: Refund = {
      id: `re_${String(this.refunds.size + 1).padStart(8, '0')}`,
      key,
      payment,
      money,
      createdAtMs: atMs,
      settlesAtMs: atMs + (order.pendingMs ?? traits.settlesAfterMs),
      failsAtMs: order.failsAfterMs === undefined ? null : atMs + order.failsAfterMs,
    };
    write({ kind: 'moved', ref: refund.id, key, payment, money, atMs });
    const balance = this.balances.get(money.currency);
    if (balance !== undefined) this.balances.set(money.currency, balance - money.minor);
    this.refunds.set(refund.id, refund);
    push(this.byPayment, payment, refund);
    push(this.byKey, key, refund);
    if (refund.failsAtMs !== null) this.failing.add(refund);
    return refund;
  }

  status({ settlesAtMs, failsAtMs }: Refund): RefundStatus {
    const nowMs = this.options.now();
    if (failsAtMs !== null && nowMs >= failsAtMs) return 'failed';
    return nowMs < settlesAtMs ? 'pending' : 'succeeded';
  }

  find(id: string): Refund | undefined {
    return this.refunds.get(id);
  }

  /** The latest refund that was asked for under a key. */
  findByKey(key: string): Refund | undefined {
    return this.byKey.get(key)?.at(-1);
  }

  ofPayment(payment: string): readonly Refund[] {
    return this.byPayment.get(payment) ?? [];
  }

  all(): Refund[] {
    return [...this.refunds.values()];
  }

  /** Writes down what has come back by now. */
  settle(): void {
    const atMs = this.options.now();
    for (const refund of this.failing) {
      if (refund.failsAtMs === null || refund.failsAtMs > atMs) continue;
      this.failing.delete(refund);
      const { id: ref, key, payment, money } = refund;
      this.options.write({ kind: 'returned', ref, key, payment, money, atMs });
    }
  }

  private refusal({ payment: id, money }: RefundOrder): Refusal | undefined {
    const payment = this.payments.get(id);
    if (!payment) return 'payment_not_found';
    if (payment.captured.currency !== money.currency) return 'currency_mismatch';
    if (payment.isDisputed) return 'charge_disputed';
    const earlier = this.ofPayment(id);
    const standing = earlier.filter((refund) => this.status(refund) !== 'failed');
    const refunded = standing.reduce((sum, refund) => sum + refund.money.minor, 0n);
    if (refunded >= payment.captured.minor) return 'charge_already_refunded';
    if (refunded + money.minor > payment.captured.minor) return 'amount_too_large';
    const { partialRefundsMax, spacingMs } = this.options.traits;
    if (standing.length >= partialRefundsMax) return 'too_many_refunds';
    const latest = earlier.at(-1);
    if (latest && this.options.now() - latest.createdAtMs < spacingMs) return 'refund_too_soon';
    const balance = this.balances.get(money.currency);
    return balance !== undefined && balance < money.minor ? 'insufficient_balance' : undefined;
  }
}

function push(map: Map<string, Refund[]>, key: string, refund: Refund): void {
  const refunds = map.get(key);
  if (refunds) refunds.push(refund);
  else map.set(key, [refund]);
}
