import { seqsOf } from '@amends/application';
import { appendHistory } from '@amends/persistence';
import { parseInstant, type JsonObject } from '@amends/domain';
import type { Pool } from 'pg';

export interface HistoryInput {
  readonly time: string | Date;
  readonly type: string;
  readonly id?: string;
  readonly source?: string;
  readonly subject?: string;
  readonly customer?: string;
  readonly data?: JsonObject;
  /** Instead of the event that the rest makes. */
  readonly body?: string;
}

/** A place in the stream is taken once, whatever history it is put into. */
let nextOffset = 0n;

/** Puts events into history as a batch of the detector does, in one segment; answers their seqs. */
export async function putHistory(
  pool: Pick<Pool, 'query'>,
  events: readonly HistoryInput[],
): Promise<bigint[]> {
  const rows = events.map((event, index) => {
    const { type, subject = null, customer = null } = event;
    const body = event.body ?? JSON.stringify(eventOf(event, index));
    const timeMs =
      typeof event.time === 'string' ? (parseInstant(event.time) ?? 0) : event.time.getTime();
    const place = { topic: 'other.events', partition: 0, offset: nextOffset, imported: false };
    nextOffset += 1n;
    return { timeMs, type, subject, customerId: customer, body, keys: [], ...place };
  });
  return seqsOf(await appendHistory(pool, rows));
}

function eventOf(
  { time, type, id, source = '/s', subject, customer, data }: HistoryInput,
  index: number,
): JsonObject {
  return {
    specversion: '1.0',
    id: id ?? `event-${String(index)}`,
    source,
    type,
    time: typeof time === 'string' ? time : time.toISOString(),
    ...(subject !== undefined && { subject }),
    ...(customer !== undefined && { customerid: customer }),
    ...(data !== undefined && { data }),
  };
}
