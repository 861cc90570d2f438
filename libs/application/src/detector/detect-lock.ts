import type { Sql } from '../queries/sql';

const KEY = 4_207_002;

/**
 * Taken by every transaction of the detector before its first snapshot, so that `waitForBatches` can
 * wait for those that began under the rules of before.
 */
export const SHARED_DETECT_LOCK = `select pg_advisory_xact_lock_shared(${String(KEY)})`;

/**
 * Waits until every batch that runs has ended; those that begin later see what was committed before this
 * transaction. Batches wait until it ends: it should do nothing else.
 */
export async function waitForBatches(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(${String(KEY)})`);
}
