import type { HistoryKeys } from '../events/history-key';
import type { HistoryAppend } from './detect-store';
import type { EventRecord, ReadRecord } from './read-records';

/** Every event read is kept, whether a rule wants it or not. */
export function historyRows(records: readonly ReadRecord[], keys: HistoryKeys): HistoryAppend[] {
  return records.flatMap((one) => (one.kind === 'event' ? [historyRow(one, keys)] : []));
}

function historyRow(one: EventRecord, keys: HistoryKeys): HistoryAppend {
  const { event, batch, record } = one;
  const { subject } = event.json;
  return {
    timeMs: event.timeMs,
    type: event.type,
    subject: typeof subject === 'string' ? subject : null,
    customerId: event.customerId ?? null,
    topic: batch.topic,
    partition: batch.partition,
    offset: record.offset,
    imported: record.history,
    body: bodyOf(one),
    keys: keys.of(event),
  };
}

/** What was sent, where that is all there is; a Kafka message may have parts of the event in headers. */
function bodyOf({ event, isWhole, record }: EventRecord): string | Uint8Array {
  return isWhole && record.value !== null ? record.value : JSON.stringify(event.json);
}
