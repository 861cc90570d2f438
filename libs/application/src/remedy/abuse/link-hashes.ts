import type { JsonObject } from '@amends/domain';
import { createHash } from 'node:crypto';

/**
 * Hashes of what an event names at the given paths: a payment, an address. Texts only differ by more
 * than case and spaces at the ends; absent or empty values link nobody.
 */
export function linkHashes(event: JsonObject, paths: readonly string[]): Buffer[] {
  return paths.flatMap((path) => {
    const value = valueAt(event, path);
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const text = String(value).trim().toLowerCase();
    if (text === '') return [];
    return [
      createHash('sha256')
        .update(JSON.stringify([path, text]))
        .digest(),
    ];
  });
}

function valueAt(event: JsonObject, path: string): unknown {
  let value: unknown = event;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name))
      return undefined;
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value;
}
