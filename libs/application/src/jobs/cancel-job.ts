import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { notFound, Refusal } from '../access/refusal';
import type { Database } from '../queries/sql';

/**
 * Ends a job before it is through. What it has done stays done; once this answers, it does nothing
 * more. What a released hold still held goes on being held, until the hold is released again.
 */
export class CancelJob {
  constructor(private readonly database: Database) {}

  async execute(id: string, asked: Asked): Promise<void> {
    await this.database.transaction(async (sql) => {
      // Not `for no key update`: it has to wait for items under way.
      const { rows } = await sql.query<{ state: string; done: number; total: number }>(
        'select state, done, total from job where id = $1 for update',
        [id],
      );
      const [job] = rows;
      if (!job) throw notFound();
      if (job.state !== 'running') throw new Refusal('conflict', { extra: { reason: job.state } });
      await sql.query(
        `update job set state = 'cancelled', ended_at = clock_timestamp(), cancelled_by = $2,
           revision = revision + 1 where id = $1`,
        [id, asked.actor.id],
      );
      await writeAudit(sql, asked, {
        action: 'job.cancel',
        object: `job:${id}`,
        before: { done: job.done, total: job.total },
      });
    });
  }
}
