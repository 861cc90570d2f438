import type { Pool } from 'pg';

/**
 * One clock for the database, by whose time the service goes, and for everybody else: days pass in
 * seconds. Functions of ours stand before those of PostgreSQL in the search path, so that the service
 * is the very one that ships.
 */
export class SimClock {
  private offsetMs = 0;

  private constructor(private readonly pool: Pool) {}

  /** To be called before anybody else connects. */
  static async install(pool: Pool, database: string): Promise<SimClock> {
    await pool.query(`
      create schema sim;
      create table sim.clock (offset_ms float8 not null);
      insert into sim.clock values (0);
      create function sim.clock_timestamp() returns timestamptz language sql volatile as
        'select pg_catalog.clock_timestamp() + (select offset_ms from sim.clock) * interval ''1 ms''';
      create function sim.now() returns timestamptz language sql stable as
        'select pg_catalog.now() + (select offset_ms from sim.clock) * interval ''1 ms''';
      -- whatever role a process works in
      grant usage on schema sim to public;
      grant select on sim.clock to public;
      alter database ${database} set search_path = sim, pg_catalog, public;`);
    return new SimClock(pool);
  }

  readonly now = (): number => Date.now() + this.offsetMs;

  /** How much time has been skipped. */
  get skippedMs(): number {
    return this.offsetMs;
  }

  async skip(ms: number): Promise<void> {
    this.offsetMs += ms;
    await this.pool.query('update sim.clock set offset_ms = $1', [this.offsetMs]);
  }
}
