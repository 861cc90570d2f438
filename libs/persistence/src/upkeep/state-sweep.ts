import type { Pool } from 'pg';
import { pgTime } from '../database/pg-time';
import { onlyOne } from './only-one';
import { SWEEP_FULL } from './sweeps';

/** Pages looked through at a time: some 30 MiB, a hundredth of a second of work. */
const PAGES = 4_000;

/**
 * Removes states that nothing can touch any more by the clock; what a batch holds waits for the next round. It
 * goes round the table some pages at a time, like the hand of a clock: an index on `sweep_after` would have to be
 * written with every change of every state, and would take from each the update in place (HOT).
 */
export class StateSweep {
  private page = 0;

  constructor(private readonly pool: Pool) {}

  /** One step of the hand; answers how many rows went, and stays where it is while there may be more. */
  async step(clockMs: number): Promise<number> {
    const count = await onlyOne(this.pool, 'states', async (client) => {
      const { rowCount } = await client.query(
        `delete from detect_state where ctid in (
           select ctid from detect_state
           where ctid >= format('(%s,0)', $1::bigint)::tid and ctid < format('(%s,0)', $2::bigint)::tid
             and sweep_after < $3::timestamptz and fire_at is null
           limit ${String(SWEEP_FULL)} for update skip locked
         )`,
        [this.page, this.page + PAGES, pgTime(clockMs)],
      );
      return rowCount ?? 0;
    });
    if (count !== undefined && count < SWEEP_FULL) await this.moveOn();
    return count ?? 0;
  }

  private async moveOn(): Promise<void> {
    const { rows } = await this.pool.query<{ readonly pages: number }>(
      `select (pg_relation_size('detect_state') / current_setting('block_size')::int)::int as pages`,
    );
    const next = this.page + PAGES;
    this.page = next < (rows[0]?.pages ?? 0) ? next : 0;
  }
}
