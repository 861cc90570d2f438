import {
  type ApplyCustomerUpdated,
  type ErasedCustomers,
  type EventSink,
  type AppendVerdict,
  type IncomingEvent,
  type RefusalItem,
} from '@amends/application';
import {
  decodeBatch,
  decodeBinary,
  decodeStructured,
  eventBodyDigest,
  inChinese,
  traceIdOf,
  type AcceptedEvent,
  type Decoded,
  type Language,
  type RefusedEvent,
} from '@amends/contracts';
import type { Metrics } from '@amends/platform';
import { problem } from '../../http/problem-error';
import type { ErasedAtDoor } from './erased-at-door';
import { BATCH, STRUCTURED } from './events.routes';

/** What a request brings, as far as ingest looks at it. */
export interface Delivery {
  readonly mediaType: string;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly bytes: Buffer;
  readonly isHistory: boolean;
  /** Of whoever reads the verdict. */
  readonly language: Language;
  /** The clock that future times are measured against; null believes any time. */
  readonly nowMs: number | null;
}

interface Rejected {
  readonly index: number;
  readonly id?: string;
  readonly code: string;
  readonly errors: RefusedEvent['errors'];
}

export interface IngestVerdict {
  readonly accepted: number;
  readonly duplicates: number;
  readonly quarantined?: number;
  readonly rejected: readonly Rejected[];
}

const MS_PER_SECOND = 1_000;

/** The door: decodes what was sent, stores what is good, and gives every event its verdict. */
export class Ingest {
  constructor(
    private readonly sink: EventSink,
    private readonly customers: ApplyCustomerUpdated,
    private readonly metrics: Metrics,
    private readonly forgotten: ErasedAtDoor,
  ) {}

  async execute(delivery: Delivery): Promise<IngestVerdict> {
    const startedAt = performance.now();
    const { items: decoded, isBatch } = decode(delivery);
    const erased = await this.forgotten.current();
    const items = decoded.map((item) => refuseErased(item, erased));
    const good = items.filter((item): item is AcceptedEvent => item.ok);
    const refused = items.flatMap((item, index) => (item.ok ? [] : [{ item, index }]));
    const rejected = refused.map(({ item, index }) => rejectedView(item, index, delivery.language));
    const verdicts =
      good.length === 0
        ? []
        : await this.sink.append(
            good.map((item) => toIncoming(item, delivery.headers['traceparent'])),
            { history: delivery.isHistory },
          );
    // Duplicates too: the first sending may have ended between being stored and being applied.
    await this.customers.execute(
      good.flatMap(({ event }, index) => (verdicts[index] === 'quarantined' ? [] : [event])),
    );
    this.metrics.ingestSeconds.observe((performance.now() - startedAt) / MS_PER_SECOND);
    return this.verdict(verdicts, rejected, errorsOf(refused, isBatch));
  }

  private verdict(
    verdicts: readonly AppendVerdict[],
    rejected: readonly Rejected[],
    errors: readonly RefusalItem[],
  ): IngestVerdict {
    const count = (wanted: AppendVerdict) => verdicts.filter((v) => v === wanted).length;
    const quarantined = count('quarantined');
    const duplicates = count('duplicate');
    const accepted = verdicts.length - duplicates;
    const { eventsReceived } = this.metrics;
    if (accepted > 0) eventsReceived.labels({ verdict: 'accepted' }).inc(accepted);
    if (duplicates > 0) eventsReceived.labels({ verdict: 'duplicate' }).inc(duplicates);
    if (rejected.length > 0) eventsReceived.labels({ verdict: 'rejected' }).inc(rejected.length);
    const answer = {
      accepted,
      duplicates,
      ...(quarantined > 0 && { quarantined }),
      rejected,
    };
    if (verdicts.length > 0 || rejected.length === 0) return answer;
    throw problem('events_rejected', { errors, extra: answer });
  }
}

/** Of a customer who was erased nothing is kept, and whoever sends it is told. */
function refuseErased(item: Decoded, erased: ErasedCustomers): Decoded {
  const customerId = item.ok ? item.event.customerId : undefined;
  if (!item.ok || customerId === undefined || !erased.has(customerId)) return item;
  const errors = [{ pointer: '/customerid', message: 'is a customer who was erased' }];
  return { ok: false, id: item.event.id, code: 'erased', errors };
}

function decode(delivery: Delivery): { items: readonly Decoded[]; isBatch: boolean } {
  const { mediaType, headers, bytes, nowMs } = delivery;
  requireUtf8(headers['content-type']);
  if (mediaType === BATCH) {
    const batch = decodeBatch(bytes, nowMs);
    if (!batch.ok) throw unreadable(batch);
    return { items: batch.items, isBatch: true };
  }
  if (mediaType === STRUCTURED) {
    const decoded = decodeStructured(bytes, nowMs);
    if (!decoded.ok && isUnreadable(decoded)) throw unreadable(decoded);
    return { items: [decoded], isBatch: false };
  }
  if (headers['ce-specversion'] !== undefined || headers['ce-id'] !== undefined) {
    const decoded = decodeBinary(headers, bytes, nowMs);
    if (!decoded.ok && isUnreadable(decoded)) throw unreadable(decoded);
    return { items: [decoded], isBatch: false };
  }
  throw problem('unsupported_media_type', {
    detail: `send ${STRUCTURED}, ${BATCH}, or binary mode with ce- headers`,
  });
}

function requireUtf8(contentType: string | string[] | undefined): void {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(String(contentType ?? ''))?.[1];
  if (charset === undefined || /^utf-?8$/i.test(charset)) return;
  throw problem('unsupported_media_type', { detail: 'the charset must be UTF-8' });
}

/** It is not JSON text that could be judged, or too much of it. */
function isUnreadable({ code, errors }: RefusedEvent): boolean {
  if (code === 'malformed_json' || code === 'too_large') return true;
  return code === 'bad_text' && (errors[0]?.pointer ?? '') === '';
}

function unreadable({ code, errors }: RefusedEvent) {
  const items = errors.map((error) => itemOf(error, code));
  if (code === 'too_large') return problem('payload_too_large', { errors: items });
  // JSON, and no batch at all.
  if (code === 'schema_violation') {
    return problem('events_rejected', {
      errors: items,
      extra: { accepted: 0, duplicates: 0, rejected: [] },
    });
  }
  return problem('malformed_json', { errors: items });
}

/** An event travels under the trace it names itself, else under that of the request. */
function toIncoming({ event }: AcceptedEvent, traceparent: unknown): IncomingEvent {
  const bodyHash = eventBodyDigest(event);
  const isTraced = traceIdOf(event.json['traceparent']) !== undefined;
  if (isTraced || typeof traceparent !== 'string' || traceIdOf(traceparent) === undefined) {
    return { event, body: JSON.stringify(event.json), bodyHash };
  }
  const json = { ...event.json, traceparent };
  return { event: { ...event, json }, body: JSON.stringify(json), bodyHash };
}

function rejectedView(
  { id, code, errors }: RefusedEvent,
  index: number,
  language: Language,
): Rejected {
  const inWords = errors.map(({ pointer, message }) => ({
    pointer,
    message: language === 'zh' ? inChinese(message) : message,
  }));
  return { index, ...(id === undefined ? {} : { id }), code, errors: inWords };
}

function errorsOf(
  refused: readonly { readonly item: RefusedEvent; readonly index: number }[],
  isBatch: boolean,
): RefusalItem[] {
  return refused.flatMap(({ index, item: { code, errors } }) =>
    errors.map(({ pointer, message }) => {
      const at = isBatch ? `/${String(index)}${pointer}` : pointer;
      return itemOf({ pointer: at, message }, code);
    }),
  );
}

function itemOf({ pointer, message }: RefusedEvent['errors'][number], code: string): RefusalItem {
  return { pointer, code, message: { en: message, zh: inChinese(message) } };
}
