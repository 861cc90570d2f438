import type { RuleDocument } from '@amends/domain';
import type { Incident } from '../model/incident';
import { ruleMessage, type MessageRequest } from './queue-messages';

/**
 * The apology of a rule that gives nothing else; undefined when it says nothing to the customer.
 * @param unit the accrual unit; 0: the incident as a whole
 */
export function wordOf(
  document: RuleDocument,
  { id, customerId, eventTimeMs }: Pick<Incident, 'id' | 'customerId' | 'eventTimeMs'>,
  unit: number,
): MessageRequest | undefined {
  const message = ruleMessage(document);
  return (
    message && {
      ...message,
      customerId,
      compensationId: null,
      incidentId: id,
      promised: null,
      atMs: eventTimeMs,
      purpose: unit === 0 ? 'apology' : `apology:${String(unit)}`,
    }
  );
}
