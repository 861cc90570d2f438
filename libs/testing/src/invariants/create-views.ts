import type { ClientBase } from 'pg';
import { HISTORY_TABLE } from './fill-history';
import type { Invariant } from './invariant';

/** The view of an invariant: no rows means that it holds. */
export function viewOf({ id }: Invariant): string {
  return `invariants."${id}"`;
}

/** Makes a view per invariant, in a schema that is no part of the service's. */
export async function createInvariantViews(
  client: ClientBase,
  invariants: readonly Invariant[],
): Promise<void> {
  // Two that begin at once would both find nothing there.
  await client.query('begin; select pg_advisory_xact_lock(4207011)');
  await client.query('create schema if not exists invariants');
  await client.query(HISTORY_TABLE);
  for (const invariant of invariants) {
    const view = viewOf(invariant);
    const { rows } = await client.query('select to_regclass($1) is null as missing', [view]);
    if (rows[0]?.missing === true) await client.query(`create view ${view} as ${invariant.sql}`);
  }
  await client.query('commit');
}
