import { moneyToJson, OWN_SOURCE, type Json, type JsonObject } from '@amends/domain';
import type { OutboxRow } from './outbox-table';

/** One of our own events as the broker gets it. */
export interface OutgoingEvent {
  readonly topic: string;
  readonly key: string;
  /** A CloudEvent 1.0 in structured mode. */
  readonly value: string;
}

/** The same bytes whenever it is made from the same row. */
export function toCloudEvent(row: OutboxRow): OutgoingEvent {
  return { topic: row.topic, key: row.customerId, value: cloudEventText(row) };
}

/** A CloudEvent 1.0 in structured mode. */
export function cloudEventText(row: Omit<OutboxRow, 'shard' | 'id' | 'topic'>): string {
  const { type, subject, customerId, eventId, at } = row;
  return JSON.stringify({
    specversion: '1.0',
    id: eventId,
    source: OWN_SOURCE,
    type,
    time: at.toISOString(),
    subject,
    // What could not be read has no customer.
    ...(customerId !== '' && { customerid: customerId }),
    datacontenttype: 'application/json',
    data: publicData(row.data),
  });
}

/** Amounts and keys in the words of the REST contract. */
function publicData(data: JsonObject): JsonObject {
  const { amount_minor, currency, key_path, key, ...rest } = data;
  return {
    ...rest,
    ...(typeof key_path === 'string' && typeof key === 'string' && { key: keyOf(key_path, key) }),
    ...(typeof amount_minor === 'string' &&
      typeof currency === 'string' && {
        amount: { ...moneyToJson({ minor: BigInt(amount_minor), currency }) },
      }),
  };
}

function keyOf(path: string, key: string): JsonObject {
  return { [path]: parsedOr(key) };
}

/** An outbox must never stand still for what was written into it. */
function parsedOr(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
