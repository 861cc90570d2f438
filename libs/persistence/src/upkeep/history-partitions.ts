import type { Pool, PoolClient } from 'pg';
import { onlyOne } from './only-one';

const MONTHS_AHEAD = 2;
/** Both need the whole table for a moment; batches must not queue up behind. */
const LOCK_TIMEOUT = "set local lock_timeout = '2s'";

interface Month {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Makes the partitions of history for this month and the next ones; answers those that were made. Never
 * called by a batch: what finds no partition goes to the default one. A month of which that one holds
 * rows already is left to it.
 */
export async function makeHistoryPartitions(pool: Pool, nowMs: number): Promise<string[]> {
  const made = await onlyOne(pool, 'partitions', async (client) => {
    await client.query(LOCK_TIMEOUT);
    const names: string[] = [];
    for (let ahead = 0; ahead <= MONTHS_AHEAD; ahead += 1) {
      const month = monthOf(nowMs, ahead);
      if (await makeOne(client, month)) names.push(month.name);
    }
    return names;
  });
  return made ?? [];
}

async function makeOne(client: PoolClient, { name, from, to }: Month): Promise<boolean> {
  const { rows } = await client.query<{ known: boolean; taken: boolean }>(
    `select to_regclass($1) is not null as known,
       exists (select 1 from history_default where time >= $2 and time < $3) as taken`,
    [name, from, to],
  );
  if (rows[0]?.known !== false || rows[0].taken) return false;
  await client.query(
    `create table ${name} partition of history for values from ('${from}') to ('${to}')`,
  );
  return true;
}

/**
 * Drops months of which everything arrived longer ago than the retention, and such rows of the default
 * partition; answers how many partitions went.
 */
export async function dropOldHistory(pool: Pool, retentionMs: number): Promise<number> {
  const dropped = await onlyOne(pool, 'retention', async (client) => {
    await client.query(LOCK_TIMEOUT);
    const { rows } = await client.query<{ name: string; bounds: string }>(
      `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'history'::regclass and c.relname <> 'history_default'`,
    );
    let count = 0;
    for (const { name, bounds } of rows) {
      if (await dropOne(client, name, bounds, retentionMs)) count += 1;
    }
    await client.query(
      `with gone as (
         delete from history_default
         where arrived_at < now() - $1 * interval '1 millisecond' returning type, time, seq
       )
       delete from history_key k using gone g
       where k.type = g.type and k.time = g.time and k.seq = g.seq`,
      [retentionMs],
    );
    return count;
  });
  return dropped ?? 0;
}

async function dropOne(
  client: PoolClient,
  name: string,
  bounds: string,
  retentionMs: number,
): Promise<boolean> {
  const [from, to] = [...bounds.matchAll(/'([^']+)'/g)].map(([, text]) => text);
  if (from === undefined || to === undefined) return false;
  // A month that may still be written to stays; so does one that anything arrived for lately.
  const { rows } = await client.query<{ old: boolean }>(
    `select $1::timestamptz < now() - $2 * interval '1 millisecond' and not exists (
       select 1 from ${name} where arrived_at >= now() - $2 * interval '1 millisecond'
     ) as old`,
    [to, retentionMs],
  );
  if (rows[0]?.old !== true) return false;
  await client.query(`drop table ${name}`);
  await client.query('delete from history_key where time >= $1 and time < $2', [from, to]);
  return true;
}

function monthOf(nowMs: number, ahead: number): Month {
  const now = new Date(nowMs);
  const startOf = (offset: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString();
  const from = startOf(ahead);
  return { name: `history_${from.slice(0, 7).replace('-', '_')}`, from, to: startOf(ahead + 1) };
}
