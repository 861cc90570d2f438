import type { JsonObject } from '@amends/domain';
import { oneRow, type Sql } from '../../queries/sql';

/** A customer who belongs to a brand bears it as a tag: `brand:acme`. */
const TAG = 'brand:';

/**
 * The brand that let a customer down: what the event names as `data.brand`, else the customer's own.
 * Null: none is known, and the account's sender, templates, providers and budgets are used.
 */
export function brandOf(event: JsonObject | null, tags: readonly string[]): string | null {
  const data = event?.['data'];
  const isObject = typeof data === 'object' && data !== null && !Array.isArray(data);
  const named = isObject ? (data as JsonObject)['brand'] : undefined;
  if (typeof named === 'string' && named !== '') return named;
  const own = tags.find((tag) => tag.startsWith(TAG) && tag.length > TAG.length);
  return own?.slice(TAG.length) ?? null;
}

/** What the customer's file says of them; nothing of a stranger. */
export async function readTags(sql: Sql, customerId: string): Promise<readonly string[]> {
  const row = await oneRow<{ tags: readonly string[] }>(
    sql,
    'select tags from customer where id = $1',
    [customerId],
  );
  return row?.tags ?? [];
}
