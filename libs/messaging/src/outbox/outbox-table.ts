import { statement, tuplesOf, execute } from '@amends/persistence';
import type { JsonObject } from '@amends/domain';
import type { Pool } from 'pg';

/** A change that is to be told, as the triggers wrote it. */
export interface OutboxRow {
  readonly shard: number;
  readonly id: bigint;
  readonly topic: string;
  readonly type: string;
  readonly subject: string;
  readonly customerId: string;
  readonly eventId: string;
  readonly data: JsonObject;
  readonly at: Date;
}

/** The number of shards that `outbox_shard` in the database deals out. */
const SHARDS = 16;
export const OUTBOX_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);

const HAS_ROWS = statement(
  'outbox_has_rows',
  `select exists (
     select 1 from unnest($1::smallint[]) as s (shard)
     join lateral (select 1 from outbox o where o.shard = s.shard limit 1) o on true
   )`,
);

/**
 * Takes or renews leases and reads what stands in those shards, oldest first. Being a write that commits
 * synchronously, it answers only when everything it has read is durable (ADR 7).
 */
const TAKE = statement(
  'outbox_take',
  `with free as (
     select shard from outbox_lease
     where shard = any ($2::smallint[]) and (owner = $1 or until < clock_timestamp())
     order by shard for update skip locked
   ), mine as (
     update outbox_lease l set owner = $1, until = clock_timestamp() + $3 * interval '1 millisecond'
     from free where l.shard = free.shard returning l.shard
   )
   select o.shard, o.id, o.topic, o.type, o.subject, o.customer_id, o.event_id, o.data, o.at
   from mine join lateral (
     select * from outbox o where o.shard = mine.shard order by o.id limit $4
   ) o on true
   order by o.shard, o.id`,
);

const REMOVE = statement(
  'outbox_remove',
  `delete from outbox o using unnest($1::smallint[], $2::bigint[]) as u (shard, id)
   where o.shard = u.shard and o.id = u.id`,
);

const RELEASE = statement(
  'outbox_release',
  `update outbox_lease set until = '-infinity' where owner = $1`,
);

/** Whether anything waits in one of these shards; costs next to nothing, and writes nothing. */
export async function hasOutboxRows(pool: Pool, shards: readonly number[]): Promise<boolean> {
  const [row] = await tuplesOf<[boolean]>(pool, HAS_ROWS, [shards]);
  return row?.[0] ?? false;
}

export interface Taking {
  readonly owner: string;
  readonly shards: readonly number[];
  readonly leaseMs: number;
  /** Rows of one shard at most. */
  readonly rowsMax: number;
}

export async function takeOutboxRows(
  pool: Pool,
  { owner, shards, leaseMs, rowsMax }: Taking,
): Promise<OutboxRow[]> {
  type Row = [number, bigint, string, string, string, string, string, JsonObject, Date];
  const rows = await tuplesOf<Row>(pool, TAKE, [owner, shards, leaseMs, rowsMax]);
  return rows.map(([shard, id, topic, type, subject, customerId, eventId, data, at]) => ({
    shard,
    id,
    topic,
    type,
    subject,
    customerId,
    eventId,
    data,
    at,
  }));
}

/** Once the broker has acknowledged them. */
export async function removeOutboxRows(pool: Pool, rows: readonly OutboxRow[]): Promise<void> {
  await execute(pool, REMOVE, [rows.map(({ shard }) => shard), rows.map(({ id }) => id)]);
}

export async function releaseOutbox(pool: Pool, owner: string): Promise<void> {
  await execute(pool, RELEASE, [owner]);
}
