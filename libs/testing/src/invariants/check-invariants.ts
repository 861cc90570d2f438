import { Client } from 'pg';
import { ALL_INVARIANTS } from './all-invariants';
import { createInvariantViews, viewOf } from './create-views';
import { fillHistory } from './fill-history';
import type { Invariant } from './invariant';

export interface Violation {
  readonly id: string;
  readonly says: string;
  /** At most ten of the rows, as JSON. */
  readonly rows: readonly string[];
}

export interface CheckOptions {
  /** Also what holds only once everything has come to rest. */
  readonly atRest?: boolean;
  readonly invariants?: readonly Invariant[];
}

const SHOWN_MAX = 10;

/**
 * Looks for what must never be, on a connection of its own and in one snapshot, sharing no code with
 * what it checks. Judged by the number of rows: a row of nulls is a violation too.
 */
export async function findViolations(
  url: string,
  { atRest = false, invariants = ALL_INVARIANTS }: CheckOptions = {},
): Promise<Violation[]> {
  const client = new Client({ connectionString: url, application_name: 'invariants' });
  // A database that crashes between two statements ends the connection, not the process: the next one says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await createInvariantViews(client, invariants);
    // Ends with the connection, and what it wrote with it.
    await client.query('begin transaction isolation level repeatable read');
    if (invariants.some(({ sql }) => sql.includes('invariants.history'))) await fillHistory(client);
    const violations: Violation[] = [];
    for (const invariant of invariants) {
      const { id, when, says } = invariant;
      if (when === 'end' && !atRest) continue;
      const { rows } = await client.query<Record<string, unknown>>(
        `select * from ${viewOf(invariant)}`,
      );
      if (rows.length === 0) continue;
      violations.push({
        id,
        says,
        rows: rows.slice(0, SHOWN_MAX).map((row) => JSON.stringify(row)),
      });
    }
    return violations;
  } finally {
    await client.end();
  }
}
