import type { Sql } from '../../queries/sql';

/** One thing to decide, in the order of its customer. */
export interface QueueRow {
  readonly id: bigint;
  readonly incidentId: string;
  readonly kind: 'decide' | 'refute';
  /** 0: the incident as a whole; from 1: one accrual unit. */
  readonly unit: number;
  /** Accrual units settled together. */
  readonly units: number | null;
  /** The incident's time: limits count by it. */
  readonly atMs: number;
  /** The clock when it was found: skip_if looks back from it. */
  readonly clockMs: number;
  /** Stream clock: what history had been read by then. */
  readonly historyMark: bigint | null;
  readonly customerId: string;
  readonly attempts: number;
}

interface Row {
  id: bigint;
  incident_id: string;
  kind: 'decide' | 'refute';
  unit: number;
  units: number | null;
  at: Date;
  clock: Date;
  history_mark: bigint | null;
  customer_id: string;
  attempts: number;
}

/**
 * The head of a shard's queue. What waits for another try keeps back only its own customer, whose
 * decisions stay in order.
 */
export async function readQueue(sql: Sql, shard: number, sizeMax: number): Promise<QueueRow[]> {
  const { rows } = await sql.query<Row>(
    `select q.id, q.incident_id, q.kind, q.unit, q.units, q.at, q.clock, q.history_mark,
       q.customer_id, q.attempts
     from decision_queue q
     where q.shard = $1 and q.not_before <= now() and not exists (
       select 1 from decision_queue e
       where e.shard = $1 and e.not_before > now() and e.customer_id = q.customer_id and e.id < q.id)
     order by q.id limit $2`,
    [shard, sizeMax],
  );
  return rows.map((row) => ({
    id: row.id,
    incidentId: row.incident_id,
    kind: row.kind,
    unit: row.unit,
    units: row.units,
    atMs: row.at.getTime(),
    clockMs: row.clock.getTime(),
    historyMark: row.history_mark,
    customerId: row.customer_id,
    attempts: row.attempts,
  }));
}

export async function removeFromQueue(sql: Sql, rows: readonly QueueRow[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query('delete from decision_queue where id = any($1::bigint[])', [
    rows.map(({ id }) => id.toString()),
  ]);
}

/** Puts rows off that cannot be decided yet, through no fault of theirs. */
export async function putOff(sql: Sql, rows: readonly QueueRow[], waitMs: number): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `update decision_queue set not_before = now() + $2::float8 * interval '1 ms'
     where id = any($1::bigint[])`,
    [rows.map(({ id }) => id.toString()), waitMs],
  );
}

/** Notes a failed try; the next one comes after a pause. */
export async function noteFailure(
  sql: Sql,
  row: QueueRow,
  reason: string,
  waitMs: number,
): Promise<void> {
  await sql.query(
    `update decision_queue set attempts = attempts + 1, last_error = $2,
       not_before = clock_timestamp() + $3::float8 * interval '1 ms'
     where id = $1`,
    [row.id, reason, waitMs],
  );
}
