import type { Json, JsonObject } from '@amends/domain';

/** What stands where an event of an erased customer stood: that there was one, and when. */
export const ERASED_TYPE = 'amends.erased';

export function erasedEvent(time: Json | undefined): JsonObject {
  return {
    specversion: '1.0',
    id: 'erased',
    source: 'amends',
    type: ERASED_TYPE,
    ...(typeof time === 'string' && { time }),
  };
}

/** A JSON value in which every event of a customer, however deep, has been replaced. */
export function withoutEventsOf(customerId: string, value: Json): Json {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((part) => withoutEventsOf(customerId, part));
  }
  if (typeof value !== 'object' || value === null) return value;
  const object = value as JsonObject;
  if (object['customerid'] === customerId) return erasedEvent(object['time']);
  return Object.fromEntries(
    Object.entries(object).map(([name, part]) => [name, withoutEventsOf(customerId, part)]),
  );
}

/** Whether every event in a JSON value, however deep, is of that customer. */
export function areAllOf(customerId: string, value: Json): boolean {
  if (Array.isArray(value)) {
    return (value as readonly Json[]).every((part) => areAllOf(customerId, part));
  }
  if (typeof value !== 'object' || value === null) return true;
  const object = value as JsonObject;
  if ('specversion' in object) return object['customerid'] === customerId;
  return Object.values(object).every((part) => areAllOf(customerId, part));
}
