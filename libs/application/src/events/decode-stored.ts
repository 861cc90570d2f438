import { parseInstant, type JsonObject } from '@amends/domain';
import type { DecodedRecord } from '../detector/read-records';
import type { StreamRecord } from './event-source';

/**
 * An event out of our own log or history. It was checked at the door, so only what could have happened to
 * it since is looked at: about a quarter of the work of decoding it as a stranger's.
 */
export function decodeStored({ value }: Pick<StreamRecord, 'value'>): DecodedRecord {
  if (typeof value !== 'string') return refuse('the record is no text');
  const json = parseObject(value);
  if (json === undefined) return refuse('the record is no JSON object');
  const { source, id, type, time, customerid } = json;
  if (typeof source !== 'string' || typeof id !== 'string' || typeof type !== 'string') {
    return refuse('the record has no source, id or type');
  }
  const timeMs = typeof time === 'string' ? parseInstant(time) : undefined;
  if (timeMs === undefined) return refuse('the record has no readable time');
  const customerId = typeof customerid === 'string' ? customerid : undefined;
  return { ok: true, event: { source, id, type, timeMs, customerId, json }, isWhole: true };
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as JsonObject) : undefined;
  } catch {
    return undefined;
  }
}

function refuse(detail: string): DecodedRecord {
  return { ok: false, code: 'undecodable', detail };
}
