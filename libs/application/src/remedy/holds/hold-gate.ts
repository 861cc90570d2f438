import type { Sql } from '../../queries/sql';

/** Class of our advisory locks with one number; any number that nobody else uses. */
const GATE = 4_207_010;

/**
 * The gate between payouts and holds: whatever moves money or hands over a message passes it shared,
 * whoever lays a hold closes it. So a hold waits for what is passing, and what comes after its
 * commit sees it: nothing new leaves (guarantee 4). To be called before holds are read, in a
 * statement of its own, since a statement sees what was committed when it began.
 *
 * An advisory lock and not a row read FOR SHARE: readers of a row that come all the time overtake
 * the writer that waits for it, and a stop must not wait for a quiet moment.
 */
export async function shareGate(sql: Sql): Promise<void> {
  await sql.query(SHARE_GATE);
}

/** `shareGate` as text, to be taken together with other locks. */
export const SHARE_GATE = `select pg_advisory_xact_lock_shared(${String(GATE)})`;

/** For whoever lays or lifts a hold: waits for what is passing, and keeps others out until commit. */
export async function closeGate(sql: Sql): Promise<void> {
  await sql.query(`select pg_advisory_xact_lock(${String(GATE)})`);
  await sql.query('update hold_gate set generation = generation + 1');
}
