import { createHash } from 'node:crypto';
import type { COMPENSATION_STATES, Money } from '@amends/domain';

export type CompensationKind = 'refund' | 'credit' | 'voucher' | 'replacement';

export type CompensationState = (typeof COMPENSATION_STATES)[number];

/** What is owed for one incident (or one accrual unit of it), or given by hand. */
export interface Compensation {
  readonly id: string;
  /** Null when it was given by hand, without an incident. */
  readonly incidentId: string | null;
  /** 0: for the incident as a whole; from 1: one accrual unit. */
  readonly unit: number;
  readonly customerId: string;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly kind: CompensationKind;
  readonly money: Money;
  readonly state: CompensationState;
  /** The payment a refund goes back to. */
  readonly payment: string | null;
  readonly orderId: string | null;
  /** Whose account it is paid from; null: that of all brands without one of their own. */
  readonly brand: string | null;
  readonly reason: string | null;
  /** Of a compensation by hand; a rule's is in the rule. */
  readonly template: string | null;
  readonly proposedBy: string;
  readonly needsApproval: boolean;
  readonly contentHash: string;
  /** The budget it counts in; null: in none. */
  readonly budgetId: string | null;
  /** The period of that budget it was spent in. */
  readonly budgetPeriod: string | null;
  readonly provider: string | null;
  readonly voucherCode: string | null;
  readonly heldBy: string | null;
  /** Which reservation this is: a retry after a proven failure reserves anew. */
  readonly round: number;
  /** The incident's time: limits count by it. */
  readonly incidentAtMs: number;
  readonly revision: number;
}

/** Nothing has left yet: it can still be withdrawn. */
export const WITHDRAWABLE: readonly CompensationState[] = [
  'proposed',
  'awaiting_approval',
  'held',
  'reserved',
];

/** It stands in the way of a second one for the same incident, and counts in limits and budgets. */
export function isLive(state: CompensationState): boolean {
  return !['failed', 'withdrawn', 'rejected', 'reversed'].includes(state);
}

/** The word for a state in the REST contract. */
export function compensationView(
  state: CompensationState,
): 'paying' | 'review' | 'held' | 'unknown' | 'paid' | 'failed' | 'rejected' | 'reversed' {
  switch (state) {
    case 'proposed':
    case 'reserved':
    case 'sending':
      return 'paying';
    case 'awaiting_approval':
      return 'review';
    case 'settled':
      return 'paid';
    case 'withdrawn':
    case 'rejected':
      return 'rejected';
    case 'held':
    case 'unknown':
    case 'failed':
    case 'reversed':
      return state;
  }
}

/** What an approval is bound to: should any of it change, the approval no longer counts. */
export function contentHash(
  content: Pick<
    Compensation,
    'incidentId' | 'unit' | 'customerId' | 'kind' | 'money' | 'payment' | 'orderId'
  >,
): string {
  const { incidentId, unit, customerId, kind, money, payment, orderId } = content;
  const text = JSON.stringify([
    incidentId,
    unit,
    customerId,
    kind,
    money.minor.toString(),
    money.currency,
    payment,
    orderId,
  ]);
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
