import type { ListSource } from './page';

/** A compensation as it is listed and shown. */
export interface CompensationListRow {
  readonly id: string;
  readonly incident_id: string | null;
  readonly unit: number;
  readonly customer_id: string;
  readonly rule_id: string | null;
  readonly rule_version: number | null;
  readonly kind: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly state: string;
  readonly payment: string | null;
  readonly order_id: string | null;
  readonly reason: string | null;
  readonly template: string | null;
  readonly proposed_by: string;
  readonly provider: string | null;
  readonly provider_ref: string | null;
  readonly arrives: string | null;
  readonly voucher_code: string | null;
  readonly held_by: string | null;
  readonly failure: string | null;
  readonly created_at: Date;
  readonly settled_at: Date | null;
  readonly revision: number;
  readonly approval_id: string | null;
  readonly payouts: readonly Record<string, unknown>[];
  readonly messages: readonly Record<string, unknown>[];
}

const PAYOUTS = `(select coalesce(jsonb_agg(jsonb_build_object(
      'kind', 'payout', 'id', a.id, 'provider', a.provider, 'state', a.state,
      'first_sent_at', a.first_sent_at, 'last_sent_at', a.last_sent_at, 'sends', a.sends,
      'provider_ref', a.provider_ref, 'error', a.last_error) order by a.attempt_no), '[]')
    from payment_attempt a where a.compensation_id = c.id)`;

const MESSAGES = `(select coalesce(jsonb_agg(jsonb_build_object(
      'kind', 'message', 'id', m.id, 'channel', m.channel, 'state', m.state,
      'sent_at', m.sent_at, 'sends', m.sends) order by m.created_at, m.id), '[]')
    from message m where m.compensation_id = c.id)`;

const APPROVAL = `(select a.id from approval a where a.compensation_id = c.id
    order by a.requested_at desc, a.id desc limit 1)`;

/** Newest first. */
export const COMPENSATION_LIST: ListSource = {
  select: `c.id, c.incident_id, c.unit, c.customer_id, c.rule_id, c.rule_version, c.kind,
    c.amount_minor, c.currency, c.state, c.payment, c.order_id, c.reason, c.template, c.proposed_by,
    c.provider, c.provider_ref, c.arrives, c.voucher_code, c.held_by, c.failure, c.created_at,
    c.settled_at, c.revision, ${APPROVAL} as approval_id, ${PAYOUTS} as payouts,
    ${MESSAGES} as messages`,
  from: 'compensation c',
  sortBy: { expression: 'c.created_at', type: 'timestamptz' },
  tieBy: { expression: 'c.id', type: 'text' },
};
