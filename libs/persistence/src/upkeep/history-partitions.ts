import type { Pool, PoolClient } from 'pg';
import { SEQS_PER_SEGMENT } from '../detector/history-statements';
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
 * Makes the partitions of history, by arrival, for this month and the next ones; answers those that were made. Never
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
       exists (select 1 from history_segment_default
         where arrived_at >= $2 and arrived_at < $3) as taken`,
    [name, from, to],
  );
  if (rows[0]?.known !== false || rows[0].taken) return false;
  await client.query(
    `create table ${name} partition of history_segment for values from ('${from}') to ('${to}')`,
  );
  return true;
}

/**
 * Drops months that arrived longer ago than the retention, and such segments of the default partition, and
 * what they were looked up by; answers how many partitions went.
 */
export async function dropOldHistory(pool: Pool, retentionMs: number): Promise<number> {
  const dropped = await onlyOne(pool, 'retention', async (client) => {
    await client.query(LOCK_TIMEOUT);
    const { rows } = await client.query<{ name: string; bounds: string }>(
      `select c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bounds
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'history_segment'::regclass and c.relname <> 'history_segment_default'`,
    );
    let count = 0;
    for (const { name, bounds } of rows) {
      if (await dropOne(client, name, bounds, retentionMs)) count += 1;
    }
    if (count > 0) for (const text of DROP_REFERENCES) await client.query(text);
    await client.query(
      `with gone as (
         delete from history_segment_default
         where arrived_at < now() - $1 * interval '1 millisecond' returning first_seq, last_seq
       )
       delete from history_key k using gone g where k.seq between g.first_seq and g.last_seq`,
      [retentionMs],
    );
    return count;
  });
  return dropped ?? 0;
}

/** Seqs follow arrival: what lies before the first segment that is left has gone. */
const GONE_BEFORE = `coalesce((select min(first_seq) from history_segment),
  (select last_value * ${String(SEQS_PER_SEGMENT)} from history_seq))`;
const DROP_REFERENCES = [
  `delete from history_key where seq < ${GONE_BEFORE}`,
  `delete from history_directory where run < ${GONE_BEFORE}`,
];

async function dropOne(
  client: PoolClient,
  name: string,
  bounds: string,
  retentionMs: number,
): Promise<boolean> {
  const [, until] = [...bounds.matchAll(/'([^']+)'/g)].map(([, text]) => text);
  if (until === undefined) return false;
  const { rows } = await client.query<{ old: boolean }>(
    `select $1::timestamptz < now() - $2 * interval '1 millisecond' as old`,
    [until, retentionMs],
  );
  if (rows[0]?.old !== true) return false;
  await client.query(`drop table ${name}`);
  return true;
}

function monthOf(nowMs: number, ahead: number): Month {
  const now = new Date(nowMs);
  const startOf = (offset: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString();
  const from = startOf(ahead);
  return {
    name: `history_segment_${from.slice(0, 7).replace('-', '_')}`,
    from,
    to: startOf(ahead + 1),
  };
}
