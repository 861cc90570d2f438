import { encodeText } from '../json';
import { refuse, type Decoded, type RefusedEvent } from './decoded';
import { decodeEventText } from './decode-event';
import { MAX_BATCH_BYTES, MAX_BATCH_EVENTS } from './event-limits';
import { splitBatch } from './split-batch';

export type DecodedBatch =
  /**
   * One verdict per event, in the order of the batch: the good are taken, the bad named by index.
   */
  | { readonly ok: true; readonly items: readonly Decoded[] }
  /** The batch as a whole cannot be read or is too large. */
  | RefusedEvent;

/** HTTP batched mode, `application/cloudevents-batch+json`: at most 1,000 events and 5 MiB. */
export function decodeBatch(body: Uint8Array | string, nowMs: number | null): DecodedBatch {
  if (body.length > MAX_BATCH_BYTES) return tooLarge(`${MAX_BATCH_BYTES} bytes`);
  const bytes = typeof body === 'string' ? encodeText(body) : body;
  if (bytes === undefined) return refuse('bad_text', '', 'contains half of a surrogate pair');
  if (bytes.length > MAX_BATCH_BYTES) return tooLarge(`${MAX_BATCH_BYTES} bytes`);

  const split = splitBatch(bytes);
  if (!split.ok) {
    const isOther = !split.isArray && isJson(bytes);
    return refuse(isOther ? 'schema_violation' : 'malformed_json', '', split.message);
  }
  if (split.items.length > MAX_BATCH_EVENTS) return tooLarge(`${MAX_BATCH_EVENTS} events`);

  const items = split.items.map((item) => decodeEventText(item, nowMs));
  const malformed = items.findIndex((item) => !item.ok && item.code === 'malformed_json');
  if (malformed === -1) return { ok: true, items };
  // Where one item is no JSON, nothing says that the commas around it were meant as such.
  return refuse('malformed_json', `/${malformed}`, 'is not valid JSON');
}

/** Whether it is JSON text, be it wrong in other ways. */
function isJson(bytes: Uint8Array): boolean {
  const decoded = decodeEventText(bytes, null);
  return decoded.ok || decoded.code !== 'malformed_json';
}

function tooLarge(limit: string): RefusedEvent {
  return refuse('too_large', '', `the batch is larger than ${limit}`);
}
