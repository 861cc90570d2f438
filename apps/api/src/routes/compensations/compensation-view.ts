import {
  compensationView,
  entityTag,
  type CompensationListRow,
  type CompensationState,
} from '@amends/application';
import { COMPENSATION_STATES } from '@amends/domain';
import { moneyView } from '../shared/money-view';

export function compensationViewOf(row: CompensationListRow) {
  return {
    id: row.id,
    incident_id: row.incident_id,
    unit: row.unit,
    customer_id: row.customer_id,
    rule:
      row.rule_id === null || row.rule_version === null
        ? null
        : { id: row.rule_id, version: row.rule_version },
    as: row.kind,
    amount: moneyView(row.amount_minor, row.currency),
    state: compensationView(row.state as CompensationState),
    reason: row.reason,
    order_id: row.order_id,
    payment: row.payment,
    template: row.template,
    approval_id: row.approval_id,
    held_by: row.held_by,
    provider: row.provider,
    provider_ref: row.provider_ref,
    arrives: row.arrives,
    voucher_code: row.voucher_code,
    failure: row.failure,
    created_by: row.proposed_by,
    created_at: row.created_at,
    paid_at: row.settled_at,
    attempts: [...builtIn(row), ...row.payouts, ...row.messages],
  };
}

/** Credits and vouchers are paid in the database, in one step that leaves no attempt row. */
function builtIn(row: CompensationListRow) {
  const isBuiltIn = row.kind === 'credit' || row.kind === 'voucher';
  if (!isBuiltIn || row.settled_at === null) return [];
  const at = row.settled_at;
  const provider = row.kind === 'credit' ? 'wallet' : 'voucher';
  return [{ kind: 'payout', provider, state: 'succeeded', first_sent_at: at, last_sent_at: at }];
}

export function compensationTag(row: CompensationListRow): string {
  const { payouts, messages, approval_id } = row;
  return entityTag(`r${String(row.revision)}`, { payouts, messages, approval_id });
}

/** Ours that a state of the contract stands for. */
export function ownStates(states: readonly string[] | undefined): readonly string[] | undefined {
  return states?.flatMap((state) => OWN_STATES[state] ?? []);
}

const OWN_STATES = COMPENSATION_STATES.reduce<Record<string, string[]>>((byView, state) => {
  const view = compensationView(state);
  return { ...byView, [view]: [...(byView[view] ?? []), state] };
}, {});
