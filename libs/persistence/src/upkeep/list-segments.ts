import type { Pool } from 'pg';
import { SEQS_PER_SEGMENT } from '../detector/history-statements';
import { bucketOf } from '../history/directory-bucket';
import { SEQS_PER_BLOCK } from '../history/segment-block';
import { onlyOne } from './only-one';

/** Fewer are not worth a run: a look-up has to go through all runs, and these by their keys. */
const SEGMENTS = 256;

const UNLISTED = `
  select first_seq, keys from history_segment
  where keys is not null and first_seq / ${String(SEQS_PER_BLOCK)} <
    (select last_value * ${String(SEQS_PER_SEGMENT)} / ${String(SEQS_PER_BLOCK)} from history_seq)
  order by first_seq limit ${String(SEGMENTS)}`;

const LIST = `
  with taken as materialized (${UNLISTED}), emptied as (
    update history_segment s set keys = null from taken t where s.first_seq = t.first_seq
  )
  insert into history_directory (run, bucket, hashes, segments)
  select (select max(first_seq) from taken), ${bucketOf('hash')}, array_agg(hash), array_agg(first_seq)
  from taken cross join lateral unnest(keys) as hash
  group by 2`;

/**
 * Puts segments into the directory of customers and subjects, some hundred at a time, once they have been
 * joined; answers how many.
 */
export async function listSegments(pool: Pool): Promise<number> {
  const listed = await onlyOne(pool, 'segments', async (client) => {
    const { rows } = await client.query<{ n: number }>(
      `select count(*)::int as n from (${UNLISTED}) as unlisted`,
    );
    if (rows[0]?.n !== SEGMENTS) return 0;
    await client.query(LIST);
    return SEGMENTS;
  });
  return listed ?? 0;
}
