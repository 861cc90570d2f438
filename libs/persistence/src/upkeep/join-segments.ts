import type { Pool, PoolClient } from 'pg';
import { textArray, plainArray } from '../database/pg-array';
import { pgTime } from '../database/pg-time';
import { openSegment } from '../history/open-segment';
import { packSegment } from '../history/pack-segment';
import { SEQS_PER_SEGMENT } from '../detector/history-statements';
import { SEQS_PER_BLOCK } from '../history/segment-block';
import { segmentChunks } from '../history/segment-chunks';
import type { SegmentEvent } from '../history/segment-event';
import { onlyOne } from './only-one';

/** A batch that is still under way may have taken its seqs. */
const SETTLED = "arrived_at < now() - interval '1 minute'";

/**
 * Joins what a trickle of events left, one segment each, to one per block of seqs; answers how many went into
 * it. The seqs stay as they are.
 */
export async function joinSegments(pool: Pool): Promise<number> {
  const joined = await onlyOne(pool, 'segments', async (client) => {
    const block = await blockToJoin(client);
    if (block === undefined) return 0;
    const rows = await take(client, block);
    const events = rows
      .flatMap((row) => openSegment({ ...row, firstSeq: row.first_seq }))
      .sort((a, b) => Number(a.seq - b.seq));
    const keys = [...new Set(rows.flatMap((row) => row.keys))];
    const arrivedMs = Math.max(...rows.map(({ arrived_at }) => arrived_at.getTime()));
    for (const chunk of segmentChunks(events)) await put(client, chunk, keys, arrivedMs);
    await client.query('update history_joins set count = count + 1');
    return rows.length;
  });
  return joined ?? 0;
}

/** The first block that nothing is added to any more and that has something to join. */
async function blockToJoin(client: PoolClient): Promise<bigint | undefined> {
  const { rows } = await client.query<{ block: bigint }>(
    `select first_seq / ${String(SEQS_PER_BLOCK)} as block from history_segment
     where is_small and keys is not null and ${SETTLED} and first_seq / ${String(SEQS_PER_BLOCK)} <
       (select last_value * ${String(SEQS_PER_SEGMENT)} / ${String(SEQS_PER_BLOCK)} from history_seq)
     group by 1 having count(*) > 1 order by 1 limit 1`,
  );
  return rows[0]?.block;
}

interface SmallSegment {
  readonly first_seq: bigint;
  readonly keys: readonly number[];
  readonly arrived_at: Date;
  readonly packing: string;
  readonly bodies: Buffer;
}

async function take(client: PoolClient, block: bigint): Promise<SmallSegment[]> {
  const { rows } = await client.query<SmallSegment>(
    `delete from history_segment
     where is_small and keys is not null and ${SETTLED} and first_seq >= $1::bigint and first_seq < $2::bigint
     returning first_seq, keys, arrived_at, packing, bodies`,
    [block * BigInt(SEQS_PER_BLOCK), (block + 1n) * BigInt(SEQS_PER_BLOCK)],
  );
  return rows;
}

async function put(
  client: PoolClient,
  events: readonly SegmentEvent[],
  keys: readonly number[],
  arrivedMs: number,
): Promise<void> {
  const seqs = events.map(({ seq }) => seq);
  const { minMs, maxMs, types, bytes, isSmall } = await packSegment(events, seqs);
  await client.query(
    `insert into history_segment (first_seq, last_seq, events, min_time, max_time, types, keys,
       is_small, packing, bodies, arrived_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'snappy', $9, $10)`,
    [
      seqs[0],
      seqs.at(-1),
      events.length,
      pgTime(minMs),
      pgTime(maxMs),
      textArray(types),
      plainArray(keys),
      isSmall,
      bytes,
      pgTime(arrivedMs),
    ],
  );
}
