import { mediaType } from './content-type';
import { refuse, type Decoded } from './decoded';
import { decodeWithHeaders } from './decode-binary';
import { decodeEventText } from './decode-event';
import { contentTypeOf, readUtf8, type HeaderForm, type Headers } from './header-attributes';

const KAFKA: HeaderForm = { prefix: 'ce_', read: readUtf8 };

/**
 * A Kafka message: binary mode where there are `ce_` headers (UTF-8, not percent-encoded), else the
 * value is the event (structured mode). A null value is an event without data in binary mode, and
 * else a tombstone, which is no event.
 */
export function decodeKafka(
  headers: Headers | undefined,
  value: Uint8Array | string | null,
  nowMs: number | null,
): Decoded {
  if (headers !== undefined && isBinary(headers)) {
    return decodeWithHeaders(headers, KAFKA, value ?? undefined, nowMs);
  }
  if (value === null) return refuse('malformed_json', '', 'the message has no value (a tombstone)');
  return decodeEventText(value, nowMs);
}

/** Kafka binding 3: the content type decides; without one, the headers do. */
function isBinary(headers: Headers): boolean {
  const contentType = contentTypeOf(headers);
  if (contentType !== undefined && mediaType(contentType).startsWith('application/cloudevents')) {
    return false;
  }
  return Object.keys(headers).some((header) => header.toLowerCase().startsWith(KAFKA.prefix));
}
