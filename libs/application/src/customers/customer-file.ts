import type { Sql } from '../queries/sql';

/** What is known of a customer; API.md, `/customers/{id}`. */
export interface CustomerFile {
  readonly email: string | null;
  readonly name: string | null;
  readonly locale: string | null;
  readonly time_zone: string | null;
  readonly currency: string | null;
  readonly blocked_channels: readonly string[];
  readonly tags: readonly string[];
}

export interface CustomerRow extends CustomerFile {
  readonly id: string;
  /** No automatic compensation. */
  readonly blocked: boolean;
  /** Of the newest `customer.updated` event applied. */
  readonly event_time: Date | null;
  readonly revision: number;
  readonly updated_at: Date;
}

export const EMPTY_FILE: CustomerFile = {
  email: null,
  name: null,
  locale: null,
  time_zone: null,
  currency: null,
  blocked_channels: [],
  tags: [],
};

const COLUMNS = `id, email, name, locale, time_zone, currency, blocked_channels, tags, blocked,
  event_time, revision, updated_at`;

export async function readCustomer(sql: Sql, id: string): Promise<CustomerRow | undefined> {
  return (await sql.query<CustomerRow>(`select ${COLUMNS} from customer where id = $1`, [id]))
    .rows[0];
}

/** In the order of their ids, so that two who lock several never wait for each other. */
export async function lockCustomers(sql: Sql, ids: readonly string[]): Promise<CustomerRow[]> {
  const { rows } = await sql.query<CustomerRow>(
    `select ${COLUMNS} from customer where id = any($1) order by id for update`,
    [ids],
  );
  return rows;
}

/** Writes a file that the caller has locked. */
export async function writeCustomer(sql: Sql, id: string, file: CustomerFile): Promise<void> {
  await sql.query(
    `update customer set email = $2, name = $3, locale = $4, time_zone = $5, currency = $6,
       blocked_channels = $7, tags = $8, revision = revision + 1, updated_at = now()
     where id = $1`,
    [
      id,
      file.email,
      file.name,
      file.locale,
      file.time_zone,
      file.currency,
      file.blocked_channels,
      file.tags,
    ],
  );
}

/** Names of the fields in which two files differ: what the audit says, since it outlives erasure. */
export function changedFields(before: CustomerFile, after: CustomerFile): string[] {
  const names = Object.keys(EMPTY_FILE) as (keyof CustomerFile)[];
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

export function customerStem(revision: number): string {
  return `c${String(revision)}`;
}
