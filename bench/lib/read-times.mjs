import { library } from './dist.mjs';

/** Upkeep's turn at segments: who holds it keeps others from writing them anew (only-one.ts). */
const SEGMENTS_TURN = 4_207_109;

/** Does the work while every segment of history stays as the detector's transaction wrote it. */
export async function withHistoryAsWritten(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [SEGMENTS_TURN]);
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock($1)', [SEGMENTS_TURN]);
    client.release();
  }
}

/** By event id: when the transaction was committed that read the event, epoch ms. */
export async function readTimes(pool, wants) {
  const { openSegment } = library('persistence');
  const { rows } = await pool.query(
    `select first_seq, packing, bodies, pg_xact_commit_timestamp(xmin) as at from history_segment`,
  );
  const times = new Map();
  for (const { first_seq, packing, bodies, at } of rows) {
    for (const { body } of openSegment({ firstSeq: BigInt(first_seq), packing, bodies })) {
      const event = JSON.parse(body);
      if (wants(event)) times.set(event.id, at.getTime());
    }
  }
  return times;
}
