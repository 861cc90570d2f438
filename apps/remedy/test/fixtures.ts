import type { Asked, Role } from '@amends/application';
import type { RuleDocument } from '@amends/domain';

/** Somebody who asks over the API. */
export function person(id: string, role: Role = 'manager'): Asked {
  return { actor: { kind: 'user', id, role }, requestId: `req_${id}` };
}

/** A rule that pays a fixed credit for any late delivery. */
export function creditRule(overrides: Partial<RuleDocument> = {}): RuleDocument {
  return {
    kind: 'Rule',
    id: 'late',
    title: 'Late',
    labels: { team: 'delivery' },
    detect: { type: 'event', event: 'delivery.late', by: 'data.order_id' },
    pay: { as: 'credit', amount: { fixed: '5.00 EUR' } },
    message: { template: 'sorry', channels: ['email'] },
    ...overrides,
  };
}
