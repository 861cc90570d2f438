import type { Json, JsonObject } from '@amends/domain';
import { checkJson, parseJsonStrict, type JsonLimits } from '../json';
import { decodeChecked, refuseFaults, withId } from './decode-event';
import type { Decoded } from './decoded';
import { EVENT_LIMITS } from './event-limits';
import {
  contentTypeOf,
  contentTypeRefusal,
  headerAttributes,
  type HeaderForm,
  type Headers,
} from './header-attributes';

const HTTP: HeaderForm = { prefix: 'ce-', read: readHeader };

/**
 * HTTP binary mode: attributes in `ce-` headers, percent-encoded; the body is `data`, and none if
 * it is empty. `headers` as Node gives them.
 */
export function decodeBinary(
  headers: Headers,
  body: Uint8Array | string,
  nowMs: number | null,
): Decoded {
  return decodeWithHeaders(headers, HTTP, body.length === 0 ? undefined : body, nowMs);
}

/** Binary mode of any transport; `body` undefined: the event has no data. */
export function decodeWithHeaders(
  headers: Headers,
  form: HeaderForm,
  body: Uint8Array | string | undefined,
  nowMs: number | null,
): Decoded {
  const read = headerAttributes(headers, form);
  if (!read.ok) return read;
  const { attributes } = read;
  const faults = checkJson(attributes, EVENT_LIMITS);
  if (faults.length > 0) return withId(refuseFaults(faults), attributes);
  if (body === undefined) return inParts(decodeChecked(attributes, nowMs));

  const refused = contentTypeRefusal(contentTypeOf(headers));
  if (refused) return withId(refused, attributes);
  const parsed = parseJsonStrict(body, dataLimits(attributes));
  if (parsed.ok) return inParts(decodeChecked(withData(attributes, parsed.value), nowMs));
  const inData = parsed.faults.map((fault) => ({ ...fault, pointer: `/data${fault.pointer}` }));
  return withId(refuseFaults(inData), attributes);
}

function inParts(decoded: Decoded): Decoded {
  return decoded.ok ? { ...decoded, isWhole: false } : decoded;
}

/** Attributes and data together must fit where the event goes as one JSON text. */
function dataLimits(attributes: JsonObject): JsonLimits {
  const attributeBytes = Buffer.byteLength(JSON.stringify(attributes));
  return {
    ...EVENT_LIMITS,
    maxBytes: EVENT_LIMITS.maxBytes - attributeBytes,
    maxDepth: EVENT_LIMITS.maxDepth - 1,
  };
}

function withData(attributes: JsonObject, data: Json): JsonObject {
  return { ...attributes, data };
}

/**
 * HTTP binding 3.1.3.2: double quotes first, then one round of percent-decoding. What is not ASCII
 * must have been encoded; Node would show its bytes as Latin-1.
 */
function readHeader(value: string | Uint8Array): string | undefined {
  const raw = typeof value === 'string' ? value : Buffer.from(value).toString('latin1');
  if (!/^[\x20-\x7e\t]*$/.test(raw)) return undefined;
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(raw);
  const text = quoted ? (quoted[1] ?? '').replace(/\\(.)/g, '$1') : raw;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
