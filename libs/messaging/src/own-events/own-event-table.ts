import type { JsonObject } from '@amends/domain';
import { execute, statement, tuplesOf } from '@amends/persistence';
import type { ClientBase, Pool } from 'pg';

/** A change that a rule watches, as the triggers wrote it. */
export interface OwnEventRow {
  readonly id: bigint;
  readonly type: string;
  readonly subject: string;
  readonly customerId: string;
  readonly eventId: string;
  readonly data: JsonObject;
  readonly at: Date;
}

const HAS_ROWS = statement('own_events_has_rows', 'select exists (select 1 from own_event)');

/** Whoever has it tells; the others look again later. */
const LOCK = statement(
  'own_events_lock',
  `select pg_try_advisory_xact_lock(hashtextextended('amends.own-events', 0))`,
);

/**
 * Under the stream clock it is told at the time that the stream has reached, and again at the same one after a
 * crash: the clock of the database would let everything that is open fall due.
 */
const STAMP = statement(
  'own_events_stamp',
  `update own_event set stream_time = (select coalesce(max(read_time), now()) from stream_position)
   where stream_time is null`,
);

/** In the order of the changes: that of one row waits for the one before to commit. */
const READ = statement(
  'own_events_read',
  `select id, type, subject, customer_id, event_id, data, coalesce(stream_time, at)
   from own_event order by id limit $1`,
);

const REMOVE = statement(
  'own_events_remove',
  'delete from own_event where id = any ($1::bigint[])',
);

/** Whether anything waits; costs next to nothing. */
export async function hasOwnEvents(pool: Pool): Promise<boolean> {
  const [row] = await tuplesOf<[boolean]>(pool, HAS_ROWS);
  return row?.[0] ?? false;
}

/** Gives those that wait the time of the stream. */
export async function stampOwnEvents(pool: Pool): Promise<void> {
  await execute(pool, STAMP);
}

/** False: another process tells at this moment. Holds to the end of the transaction. */
export async function lockOwnEvents(client: ClientBase): Promise<boolean> {
  const [row] = await tuplesOf<[boolean]>(client, LOCK);
  return row?.[0] ?? false;
}

export async function readOwnEvents(client: ClientBase, rowsMax: number): Promise<OwnEventRow[]> {
  type Row = [bigint, string, string, string, string, JsonObject, Date];
  const rows = await tuplesOf<Row>(client, READ, [rowsMax]);
  return rows.map(([id, type, subject, customerId, eventId, data, at]) => ({
    id,
    type,
    subject,
    customerId,
    eventId,
    data,
    at,
  }));
}

/** Once they are in the stream. */
export async function removeOwnEvents(
  client: ClientBase,
  rows: readonly OwnEventRow[],
): Promise<void> {
  await execute(client, REMOVE, [rows.map(({ id }) => id)]);
}
