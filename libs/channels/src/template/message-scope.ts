import type { MessageFacts } from '@amends/application';
import { arrivalInWords, meansInWords } from '../words/payout-words';
import { formatDayFor, formatInstantFor, formatMoneyFor } from '../words/format';
import type { Reader } from '../words/reader';

/**
 * What a template sees. A value that is not there is absent, so that a template which needs it fails
 * instead of leaving a gap in a sentence.
 */
export function messageScope(facts: MessageFacts, reader: Reader): Record<string, unknown> {
  const { customer, payout, orderId, incident, ruleTitle, brand } = facts;
  return present({
    customer: present({ id: customer.id, name: customer.name }),
    order: orderId,
    amount: payout && formatMoneyFor(payout.money, reader),
    as: payout && meansInWords(payout.kind, reader),
    arrives: payout && arrivalInWords(payout.kind, payout.arrives, reader),
    voucher:
      payout?.voucher &&
      present({
        code: payout.voucher.code,
        expires:
          payout.voucher.expiresAtMs === null
            ? null
            : formatDayFor(payout.voucher.expiresAtMs, reader),
      }),
    brand: { sender_name: brand.senderName },
    rule: ruleTitle === null ? null : { title: ruleTitle },
    incident: incident && present({ id: incident.id, at: formatInstantFor(incident.atMs, reader) }),
    event: incident && withoutNulls(incident.event),
    facts: incident && withoutNulls(incident.facts),
  });
}

/** null is an absent key, as in conditions. */
function present(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== null && value !== undefined),
  );
}

function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  return present(
    Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([key, part]) => [
        key,
        withoutNulls(part),
      ]),
    ),
  );
}
