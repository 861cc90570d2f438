import type { DecisionRequest, IncidentIdentity } from './effects';
import type { Miss } from './repeat-state';
import type { SlotContext } from './slot-context';

/**
 * Tells of an incident made of a miss.
 * @param decide null: not before its settlement
 * @param order among incidents of one instant, where it is not the miss's own
 */
export function emitMiss(
  miss: Miss,
  decide: DecisionRequest | null,
  keyPath: string,
  context: SlotContext,
  order = miss.order,
): void {
  context.emit({
    kind: 'found',
    identity: identityOf(miss, context),
    ruleNo: context.slot.ruleNo,
    ruleVersion: miss.version,
    keyPath,
    customerId: miss.customerId,
    clockMs: context.clockMs,
    closedAtMs: miss.closed,
    reading: miss.reading,
    evidence: miss.evidence,
    why: miss.why,
    decide,
    order,
  });
}

/** The identity of an incident of the context's rule and lane. */
export function identityOf(
  of: { readonly key: string; readonly occurrence: string; readonly at: number },
  { ruleId, slot }: SlotContext,
): IncidentIdentity {
  return { ruleId, lane: slot.lane, key: of.key, occurrence: of.occurrence, atMs: of.at };
}
