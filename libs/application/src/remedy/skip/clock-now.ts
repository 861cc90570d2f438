import type { Sql } from '../../queries/sql';

export type ClockMode = 'wall' | 'stream';

/**
 * The clock by which skip_if is looked at again after a person or a hold: the database's, or under
 * the stream clock the furthest event time read.
 */
export async function clockNowMs(sql: Sql, mode: ClockMode): Promise<number> {
  const { rows } = await sql.query<{ now: Date }>(
    mode === 'wall'
      ? 'select now() as now'
      : 'select coalesce(max(read_time), now()) as now from stream_position',
  );
  return (rows[0]?.now ?? new Date(0)).getTime();
}
