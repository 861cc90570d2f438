import type { Json, JsonObject } from '@amends/domain';

/** JSON text with the keys of every object sorted by UTF-16 unit and no space: equal values, equal text. */
export function canonicalJson(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(canonicalJson).join(',')}]`;
  return canonicalObject(value as JsonObject, Object.keys(value));
}

/** The same of some keys of an object only. */
export function canonicalObject(object: JsonObject, keys: string[]): string {
  let text = '{';
  for (const key of keys.sort()) {
    const separator = text.length === 1 ? '' : ',';
    text += `${separator}${JSON.stringify(key)}:${canonicalJson(object[key] as Json)}`;
  }
  return `${text}}`;
}
