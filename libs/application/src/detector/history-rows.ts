import type { HistoryKeys } from '../events/history-key';
import type { HistoryAppend } from './detect-store';
import { LOG_SOURCE } from '../events/event-source';
import type { EventRecord, ReadRecord } from './read-records';

/** Every event read is kept, whether a rule wants it or not. */
export function historyRows(records: readonly ReadRecord[], keys: HistoryKeys): HistoryAppend[] {
  return records.flatMap((one) => (one.kind === 'event' ? [historyRow(one, keys)] : []));
}

function historyRow({ event, batch, record }: EventRecord, keys: HistoryKeys): HistoryAppend {
  const { subject } = event.json;
  return {
    timeMs: event.timeMs,
    source: event.source,
    id: event.id,
    type: event.type,
    subject: typeof subject === 'string' ? subject : null,
    customerId: event.customerId ?? null,
    topic: batch.topic,
    partition: batch.partition,
    offset: record.offset,
    imported: record.history,
    // In the log the body is the event; a Kafka message may have parts of it in headers.
    body: batch.fence.source === LOG_SOURCE ? null : JSON.stringify(event.json),
    keys: keys.of(event),
  };
}
