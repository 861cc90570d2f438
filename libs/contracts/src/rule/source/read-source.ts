import { isUtf8 } from 'node:buffer';
import { checkJson, parseJsonStrict, type JsonFault, type JsonLimits } from '../../json';
import { BOUNDS } from '../definition/bounds';
import type { Place } from '../shape';
import { readYaml } from './read-yaml';

export type ContentType = 'json' | 'yaml';

const LIMITS: JsonLimits = {
  maxBytes: BOUNDS.documentBytes,
  maxDepth: 32,
  maxArrayItems: 10_000,
};

/**
 * The value of a document as it came: text, bytes, or JSON that was parsed before. Undefined if
 * nothing can be said of it; else what is wrong with it as text is reported and the rest goes on.
 */
export function readSource(
  source: unknown,
  contentType: ContentType,
  place: Place,
): { readonly value: unknown } | undefined {
  if (typeof source !== 'string' && !(source instanceof Uint8Array))
    return readValue(source, place);
  return contentType === 'json' ? readJsonText(source, place) : readYamlText(source, place);
}

function readJsonText(source: string | Uint8Array, place: Place): { value: unknown } | undefined {
  const parsed = parseJsonStrict(source, LIMITS);
  if (parsed.ok) return parsed;
  reportFaults(parsed.faults, place);
  return 'value' in parsed ? { value: parsed.value } : undefined;
}

function readYamlText(source: string | Uint8Array, place: Place): { value: unknown } | undefined {
  const { documentBytes } = BOUNDS;
  if (source.length > documentBytes || Buffer.byteLength(source) > documentBytes) {
    return place.problem('too_large', { params: { message: `${documentBytes} bytes` } });
  }
  if (typeof source !== 'string' && !isUtf8(source)) {
    return place.problem('bad_text', { params: { message: 'is not valid UTF-8' } });
  }
  const text = typeof source === 'string' ? source : Buffer.from(source).toString('utf8');
  const value = readYaml(text, place);
  return value === undefined ? undefined : readValue(value, place);
}

function readValue(value: unknown, place: Place): { value: unknown } | undefined {
  const faults = checkJson(value, LIMITS);
  reportFaults(faults, place);
  const isReadable = faults.every(({ code }) => code === 'bad_number' || code === 'bad_text');
  return isReadable ? { value } : undefined;
}

function reportFaults(faults: readonly JsonFault[], place: Place): void {
  for (const { pointer, code, message } of faults) {
    place.report.problem(pointer, code, { params: { message } });
    if (code === 'bad_number' || code === 'bad_text') place.report.spoil(pointer);
  }
}
