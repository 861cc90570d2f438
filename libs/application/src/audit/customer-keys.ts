import { randomBytes } from 'node:crypto';
import type { Sql } from '../queries/sql';

/** What the audit calls a customer, and the key under which it keeps what is about them. */
export interface CustomerKey {
  readonly customer_id: string;
  readonly pseudonym: string;
  readonly key: Buffer;
}

const KEY_BYTES = 32;

/** The keys of customers, by id; made for those who have none, but for nobody who was erased. */
export async function customerKeys(
  sql: Sql,
  customerIds: readonly string[],
): Promise<ReadonlyMap<string, CustomerKey>> {
  // In one order, so that two who make the same keys wait for each other one way only.
  const ids = [...new Set(customerIds)].sort();
  const known = await readKeys(sql, ids);
  const missing = ids.filter((id) => !known.has(id));
  if (missing.length === 0) return known;
  await sql.query(
    `insert into customer_key (customer_id, pseudonym, key)
     select n.id, customer_pseudonym(n.id), n.key
     from unnest($1::text[], $2::bytea[]) with ordinality as n (id, key, place)
     where not exists (select 1 from customer_erasure e where e.pseudonym = customer_pseudonym(n.id))
     order by n.place
     on conflict (customer_id) do nothing`,
    [missing, missing.map(() => randomBytes(KEY_BYTES))],
  );
  // Another transaction may have been quicker; then its keys are the ones.
  return readKeys(sql, ids);
}

async function readKeys(sql: Sql, ids: readonly string[]): Promise<Map<string, CustomerKey>> {
  const { rows } = await sql.query<CustomerKey>(
    'select customer_id, pseudonym, key from customer_key where customer_id = any($1)',
    [ids],
  );
  return new Map(rows.map((row) => [row.customer_id, row]));
}

/** The keys that are left, by pseudonym. */
export async function keysOfPseudonyms(
  sql: Sql,
  pseudonyms: readonly string[],
): Promise<ReadonlyMap<string, CustomerKey>> {
  if (pseudonyms.length === 0) return new Map();
  const { rows } = await sql.query<CustomerKey>(
    'select customer_id, pseudonym, key from customer_key where pseudonym = any($1)',
    [[...new Set(pseudonyms)]],
  );
  return new Map(rows.map((row) => [row.pseudonym, row]));
}
