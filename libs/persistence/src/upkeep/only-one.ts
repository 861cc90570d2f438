import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database/in-transaction';

/** Added to the number of the job; any number nobody else uses. */
const KEY = 4_207_100;

/** Jobs of upkeep: each is done by one process at a time. */
export const JOBS = {
  partitions: 1,
  retention: 2,
  log: 3,
  seen: 4,
  states: 5,
  stopped: 6,
  orphans: 7,
  draining: 8,
  segments: 9,
} as const;

/** Held by whoever joins segments of history. */
export const JOIN_LOCK = KEY + JOBS.segments;

/** Does the job in a transaction unless another process is at it; then answers undefined. */
export function onlyOne<T>(
  pool: Pool,
  job: keyof typeof JOBS,
  work: (client: PoolClient) => Promise<T>,
): Promise<T | undefined> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ free: boolean }>(
      'select pg_try_advisory_xact_lock($1) as free',
      [KEY + JOBS[job]],
    );
    return rows[0]?.free === true ? work(client) : undefined;
  });
}
