import type { DomainEvent } from '@amends/domain';
import type { EventBatch, StreamRecord } from '../events/event-source';
import { readAdvance } from './advance-record';

/** What became of decoding a record. */
export type DecodedRecord =
  | {
      readonly ok: true;
      readonly event: DomainEvent;
      /** Whether the value of the record, as it stands, is the event. */
      readonly isWhole?: boolean;
    }
  | { readonly ok: false; readonly code: string; readonly detail: string };

export type DecodeRecord = (record: StreamRecord) => DecodedRecord;

/** A record of a batch, decoded. */
export type ReadRecord = EventRecord | AdvanceRecord | BadRecord;

interface Place {
  readonly batch: EventBatch;
  readonly record: StreamRecord;
}

export interface EventRecord extends Place {
  readonly kind: 'event';
  readonly event: DomainEvent;
  /** Whether the value of the record, as it stands, is the event. */
  readonly isWhole: boolean;
}

/** `POST /v1/clock` under the stream clock: everything up to that instant is to fire now. */
export interface AdvanceRecord extends Place {
  readonly kind: 'advance';
  readonly toMs: number;
}

export interface BadRecord extends Place {
  readonly kind: 'bad';
  readonly reason: string;
  readonly detail: string;
}

/** Decodes records of a batch; none of them throws. */
export function readRecords(
  batch: EventBatch,
  records: readonly StreamRecord[],
  decode: DecodeRecord,
  isStreamClock: boolean,
): ReadRecord[] {
  return records.map((record): ReadRecord => {
    const toMs = isStreamClock ? readAdvance(record.value) : undefined;
    if (toMs !== undefined) return { kind: 'advance', batch, record, toMs };
    const decoded = decodeSafely(decode, record);
    if (decoded.ok) {
      const { event, isWhole = false } = decoded;
      return { kind: 'event', batch, record, event, isWhole };
    }
    return { kind: 'bad', batch, record, reason: decoded.code, detail: decoded.detail };
  });
}

function decodeSafely(decode: DecodeRecord, record: StreamRecord): DecodedRecord {
  try {
    return decode(record);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, code: 'undecodable', detail };
  }
}
