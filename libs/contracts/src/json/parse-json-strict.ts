import { isUtf8 } from 'node:buffer';
import type { Json } from '@amends/domain';
import { checkJson } from './check-json';
import { encodeText } from './encode-text';
import { findDuplicateKeys } from './find-duplicate-keys';
import type { JsonFault, JsonFaultCode } from './json-fault';
import { DOCUMENT_LIMITS, type JsonLimits } from './json-limits';
import { scanJson } from './scan-json';
import { SUSPICIOUS, tallyJson } from './tally-json';

export type ParsedJson =
  | { readonly ok: true; readonly value: Json }
  | {
      readonly ok: false;
      /** Of the first fault. */
      readonly code: JsonFaultCode;
      readonly faults: readonly JsonFault[];
      /**
       * The value as JSON.parse reads it, where the text is JSON at all: to report more at once.
       */
      readonly value?: Json;
    };

/**
 * JSON as RFC 8259 means it and PostgreSQL can keep it. Refused, beside what is no JSON: a byte
 * order mark, invalid UTF-8, keys written twice (`"\u0061"` is "a"), prototype keys, numbers that
 * would silently become others, U+0000, half surrogate pairs, and whatever passes the limits. Never
 * throws. Depth is checked before parsing: Node parses a million levels and then dies writing them.
 */
export function parseJsonStrict(
  input: Uint8Array | string,
  limits: JsonLimits = DOCUMENT_LIMITS,
): ParsedJson {
  if (typeof input === 'string') {
    if (input.length > limits.maxBytes) return tooLarge(limits);
    const bytes = encodeText(input);
    if (bytes === undefined) return refuse('bad_text', 'contains half of a surrogate pair');
    return parseBytes(bytes, limits);
  }
  return parseBytes(input, limits);
}

function parseBytes(bytes: Uint8Array, limits: JsonLimits): ParsedJson {
  if (bytes.length > limits.maxBytes) return tooLarge(limits);
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return refuse('bad_text', 'starts with a byte order mark');
  }
  if (!isUtf8(bytes)) return refuse('bad_text', 'is not valid UTF-8');

  const scan = scanJson(bytes);
  if (scan.depth > limits.maxDepth) {
    return refuse('too_deep', `is nested deeper than ${limits.maxDepth} levels`);
  }

  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch {
    // V8's message quotes the text, which may hold what must not be logged.
    return refuse('malformed_json', 'is not valid JSON');
  }
  const keys = tallyJson(value, limits.maxArrayItems, scan.dubiousEscapes);
  if (keys === scan.keys) return { ok: true, value };
  return explain(text, value, keys, limits);
}

function explain(text: string, value: Json, keys: number, limits: JsonLimits): ParsedJson {
  const faults = keys === SUSPICIOUS ? [...checkJson(value, limits)] : [];
  faults.push(...findDuplicateKeys(text));
  const code = faults[0]?.code ?? 'malformed_json';
  return { ok: false, code, faults, value };
}

function tooLarge(limits: JsonLimits): ParsedJson {
  return refuse('too_large', `is larger than ${limits.maxBytes} bytes`);
}

function refuse(code: JsonFaultCode, message: string): ParsedJson {
  return { ok: false, code, faults: [{ code, pointer: '', message }] };
}
