import { minorDigits, type DomainEvent, type Json, type JsonObject } from '@amends/domain';
import { writeAudit } from '../access/audit';
import type { Asked } from '../access/actor';
import { erasedOf } from '../erasure/erased-customers';
import type { Database, Sql } from '../queries/sql';
import {
  changedFields,
  lockCustomers,
  writeCustomer,
  type CustomerFile,
  type CustomerRow,
} from './customer-file';

/** The type of event that fills customer files. */
export const CUSTOMER_UPDATED = 'customer.updated';

const BY_EVENT: Asked = {
  actor: { kind: 'system', id: CUSTOMER_UPDATED, role: 'ingest' },
  requestId: '',
};
const LIST_MAX = 100;
const TEXT_MAX = 256;

type Patch = Partial<Record<keyof CustomerFile, unknown>>;

/**
 * `customer.updated` events fill the customer files: the fields that `data` names are replaced, an
 * explicit null clears one, the others stay. An event older than the newest one applied changes
 * nothing, so that redelivery and disorder are harmless; a field of the wrong type is passed over.
 */
export class ApplyCustomerUpdated {
  constructor(private readonly database: Database) {}

  /** Takes any events and looks at those of its type; returns how many files changed. */
  async execute(events: readonly DomainEvent[]): Promise<number> {
    const relevant = relevantOf(events);
    if (relevant.length === 0) return 0;
    return this.database.transaction((sql) => applyTo(sql, relevant));
  }
}

/** The same within a transaction of the caller's. */
export async function applyCustomerUpdated(
  sql: Sql,
  events: readonly DomainEvent[],
): Promise<number> {
  const relevant = relevantOf(events);
  return relevant.length === 0 ? 0 : applyTo(sql, relevant);
}

interface Update {
  readonly customerId: string;
  readonly timeMs: number;
  readonly data: JsonObject;
}

function relevantOf(events: readonly DomainEvent[]): Update[] {
  return events
    .filter((event) => event.type === CUSTOMER_UPDATED)
    .flatMap(({ customerId, timeMs, json }) => {
      const data = json['data'];
      return customerId === undefined || !isObject(data) ? [] : [{ customerId, timeMs, data }];
    })
    .sort((a, b) => a.timeMs - b.timeMs);
}

async function applyTo(sql: Sql, updates: readonly Update[]): Promise<number> {
  const ids = [...new Set(updates.map(({ customerId }) => customerId))].sort();
  await sql.query(
    `insert into customer (id, revision) select unnest($1::text[]), 0 on conflict (id) do nothing`,
    [ids],
  );
  let changedCount = 0;
  const rows = await lockCustomers(sql, ids);
  // Asked once their rows are locked: whoever erases them has gone before, or waits.
  const erased = await erasedOf(sql, ids);
  if (erased.size > 0) {
    await sql.query('delete from customer where id = any($1)', [[...erased]]);
  }
  for (const row of rows) {
    if (erased.has(row.id)) continue;
    const own = updates.filter(({ customerId }) => customerId === row.id);
    if (await applyToOne(sql, row, own)) changedCount += 1;
  }
  return changedCount;
}

async function applyToOne(sql: Sql, row: CustomerRow, updates: readonly Update[]) {
  const newestMs = row.event_time?.getTime() ?? Number.NEGATIVE_INFINITY;
  const fresh = updates.filter(({ timeMs }) => timeMs >= newestMs);
  const last = fresh.at(-1);
  if (last === undefined) return false;
  const file = fresh.reduce<CustomerFile>((before, { data }) => merge(before, data), fileOf(row));
  await sql.query('update customer set event_time = $2 where id = $1', [
    row.id,
    new Date(last.timeMs),
  ]);
  const changed = changedFields(fileOf(row), file);
  if (changed.length === 0 && row.revision > 0) return false;
  await writeCustomer(sql, row.id, file);
  await writeAudit(sql, BY_EVENT, {
    action: row.revision === 0 ? 'customer.create' : 'customer.change',
    object: `customer:${row.id}`,
    customerId: row.id,
    after: { changed },
  });
  return true;
}

function fileOf(row: CustomerRow): CustomerFile {
  const { email, name, locale, time_zone, currency, blocked_channels, tags } = row;
  return { email, name, locale, time_zone, currency, blocked_channels, tags };
}

function merge(before: CustomerFile, data: JsonObject): CustomerFile {
  const patch: Patch = {};
  for (const [field, read] of Object.entries(READERS)) {
    if (!Object.hasOwn(data, field)) continue;
    const value = read(data[field] as Json);
    if (value !== undefined) patch[field as keyof CustomerFile] = value;
  }
  return { ...before, ...(patch as Partial<CustomerFile>) };
}

/** Undefined: of the wrong type, and passed over. */
const READERS: Readonly<Record<keyof CustomerFile, (value: Json) => unknown>> = {
  email: (value) => textOrNull(value, /^[^\s@]+@[^\s@]+$/),
  name: (value) => textOrNull(value, /./),
  locale: (value) => textOrNull(value, /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/),
  time_zone: (value) => textOrNull(value, /^[\w+-]+(\/[\w+-]+)*$/),
  currency: (value) =>
    value === null || (typeof value === 'string' && minorDigits(value) !== undefined)
      ? value
      : undefined,
  blocked_channels: texts,
  tags: texts,
};

function textOrNull(value: Json, form: RegExp): string | null | undefined {
  if (value === null) return null;
  const fits = typeof value === 'string' && value.length <= TEXT_MAX && form.test(value);
  return fits ? value : undefined;
}

function texts(value: Json): readonly string[] | undefined {
  if (value === null) return [];
  if (!Array.isArray(value) || value.length > LIST_MAX) return undefined;
  const items = value as readonly Json[];
  return items.every((item) => typeof item === 'string' && item.length <= TEXT_MAX)
    ? (items as readonly string[])
    : undefined;
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
