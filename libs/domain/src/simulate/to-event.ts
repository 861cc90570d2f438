import { attributeText, type DomainEvent } from '../event';
import type { JsonObject } from '../json';
import { parseInstant } from '../values';

/** A CloudEvents JSON object as the engine takes it; undefined where its time is no instant. */
export function toEvent(json: JsonObject): DomainEvent | undefined {
  const { time, customerid } = json;
  const timeMs = typeof time === 'string' ? parseInstant(time) : undefined;
  if (timeMs === undefined) return undefined;
  return {
    source: attributeText(json, 'source'),
    id: attributeText(json, 'id'),
    type: attributeText(json, 'type'),
    timeMs,
    customerId: typeof customerid === 'string' ? customerid : undefined,
    json,
  };
}
