import { createHash } from 'node:crypto';
import { derivedId } from '../ids/ids';
import type { QuarantineRow } from './detect-store';
import type { Poisoned } from './evaluation';
import type { ReadRecord } from './read-records';

/** A record set aside: it could not be read, or a rule threw on it (`ruleId`). */
export function quarantineRow(
  one: ReadRecord,
  fault: { readonly ruleId: string; readonly reason: string; readonly detail: string },
  nowMs: number,
): QuarantineRow {
  const { source } = one.batch.fence;
  const { topic, partition } = one.batch;
  const { offset, value } = one.record;
  const event = one.kind === 'event' ? one.event : undefined;
  const place = `${source}/${topic}/${String(partition)}/${offset.toString()}/${fault.ruleId}`;
  return {
    id: derivedId('qua', nowMs, place),
    source,
    topic,
    partition,
    offset,
    ...bounded(fault),
    eventSource: event?.source ?? null,
    eventId: event?.id ?? null,
    eventType: event?.type ?? null,
    customerId: event?.customerId ?? null,
    payload: payloadOf(value),
  };
}

/** A rule that threw when a timer fired: there is no event, so the slot is the payload. */
export function quarantinedTimer(
  { ruleId, slot, message }: Poisoned,
  nowMs: number,
): QuarantineRow {
  const payload = JSON.stringify(slot);
  const digest = createHash('sha256')
    .update(`${payload}/${String(nowMs)}`)
    .digest();
  return {
    id: derivedId('qua', nowMs, `timer/${payload}`),
    source: QUARANTINED_TIMER,
    topic: QUARANTINED_TIMER,
    partition: -1,
    offset: BigInt.asUintN(63, digest.readBigUInt64BE()),
    ...bounded({ ruleId, reason: RULE_FAILED, detail: message }),
    eventSource: null,
    eventId: null,
    eventType: null,
    customerId: null,
    payload: Buffer.from(payload),
  };
}

/** `source` of what was set aside when a timer fired. */
export const QUARANTINED_TIMER = 'timer';

export const RULE_FAILED = 'rule_failed';
export const UNSTORABLE = 'unstorable';

const DETAIL_MAX = 1_000;

function bounded<T extends { readonly detail: string }>(fault: T): T {
  const detail = fault.detail.slice(0, DETAIL_MAX).replace(/[\u0000-\u0008\ud800-\udfff]/g, '�');
  return { ...fault, detail };
}

function payloadOf(value: string | Uint8Array | null): Uint8Array {
  if (value === null) return Buffer.alloc(0);
  return typeof value === 'string' ? Buffer.from(value) : value;
}
