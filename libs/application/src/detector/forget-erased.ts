import type { DomainEvent } from '@amends/domain';
import { ERASED_TYPE, erasedEvent } from '../erasure/erased-event';
import type { ErasedCustomers } from '../erasure/erased-customers';
import type { ReadRecord } from './read-records';

/** Records without what is about somebody who was erased: that there was an event stays, and where. */
export function forgetErased(
  records: readonly ReadRecord[],
  erased: ErasedCustomers,
): readonly ReadRecord[] {
  if (erased.isEmpty) return records;
  return records.map((one) => {
    const customerId = one.kind === 'event' ? one.event.customerId : undefined;
    if (one.kind !== 'event' || customerId === undefined || !erased.has(customerId)) return one;
    return { ...one, event: forgotten(one.event), isWhole: false };
  });
}

function forgotten({ timeMs, json }: DomainEvent): DomainEvent {
  const bare = erasedEvent(json['time']);
  return {
    source: 'amends',
    id: 'erased',
    type: ERASED_TYPE,
    timeMs,
    customerId: undefined,
    json: bare,
  };
}
