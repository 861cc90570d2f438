import type { Pool } from 'pg';
import { SEQS_PER_SEGMENT } from '../detector/history-statements';
import { onlyOne } from './only-one';

const MONTHS_AHEAD = 2;
/** Both need the whole table for a moment; batches must not queue up behind. */
const LOCK_TIMEOUT = "set local lock_timeout = '2s'";

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
      const { rows } = await client.query<{ name: string | null }>(
        'select make_history_month($1) as name',
        [firstOfMonth(nowMs, ahead)],
      );
      if (typeof rows[0]?.name === 'string') names.push(rows[0].name);
    }
    return names;
  });
  return made ?? [];
}

/**
 * Drops months that arrived longer ago than the retention, and such segments of the default partition, and
 * what they were looked up by; answers how many partitions went.
 */
export async function dropOldHistory(pool: Pool, retentionMs: number): Promise<number> {
  const dropped = await onlyOne(pool, 'retention', async (client) => {
    await client.query(LOCK_TIMEOUT);
    const { rows } = await client.query<{ count: number }>(
      "select drop_history_months(now() - $1 * interval '1 millisecond') as count",
      [retentionMs],
    );
    const count = rows[0]?.count ?? 0;
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

/** `2026-03-01`, UTC. */
function firstOfMonth(nowMs: number, ahead: number): string {
  const now = new Date(nowMs);
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead, 1);
  return new Date(first).toISOString().slice(0, 'YYYY-MM-DD'.length);
}
