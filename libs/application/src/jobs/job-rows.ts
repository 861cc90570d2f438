import type { Sql } from '../queries/sql';

/** Work that goes on after its request was answered. */
export interface NewJob {
  readonly id: string;
  /** `hold.release` */
  readonly action: string;
  /** `hold:hold_01JB` */
  readonly about: string;
  readonly total: number;
  readonly note: string | null;
  readonly createdBy: string;
}

export async function insertJob(sql: Sql, job: NewJob): Promise<void> {
  await sql.query(
    `insert into job (id, action, about, state, total, note, created_by)
     values ($1, $2, $3, 'running', $4, $5, $6)`,
    [job.id, job.action, job.about, job.total, job.note, job.createdBy],
  );
}

/**
 * Whether a job still goes on. To be asked in the transaction of each of its items: whoever cancels
 * it waits for the items that asked before, and those that ask afterwards see it.
 */
export async function isJobRunning(sql: Sql, id: string): Promise<boolean> {
  const { rows } = await sql.query<{ state: string }>(
    'select state from job where id = $1 for key share',
    [id],
  );
  return rows[0]?.state === 'running';
}

export async function noteProgress(sql: Sql, id: string, items: number): Promise<void> {
  if (items === 0) return;
  await sql.query(
    `update job set done = done + $2, revision = revision + 1 where id = $1 and state = 'running'`,
    [id, items],
  );
}

export async function finishJob(sql: Sql, id: string): Promise<void> {
  await sql.query(
    `update job set state = 'done', ended_at = clock_timestamp(), revision = revision + 1
     where id = $1 and state = 'running'`,
    [id],
  );
}
