// Where PostgreSQL's time goes, by statement, when BENCH_STATEMENTS is set: counting costs a little, so
// not in figures that are kept.

const isWanted = process.env.BENCH_STATEMENTS !== undefined;

/** Server settings for it. */
export const STATEMENT_SETTINGS = isWanted
  ? { shared_preload_libraries: 'pg_stat_statements', 'pg_stat_statements.track': 'all' }
  : {};

/** From here on. */
export async function countStatements(pool) {
  if (!isWanted) return;
  await pool.query('create extension if not exists pg_stat_statements');
  await pool.query('select pg_stat_statements_reset()');
}

/** Prints what took longest, µs per event. */
export async function printStatements(pool, events) {
  if (!isWanted) return;
  const { rows } = await pool.query(
    `select round((1000 * total_exec_time / $1)::numeric, 2) as us, calls, rows,
       round((wal_bytes / $1)::numeric, 1) as wal,
       regexp_replace(left(query, 110), '\\s+', ' ', 'g') as query
     from pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())
     order by total_exec_time desc limit 20`,
    [events],
  );
  console.log('    µs/event    calls     rows  WAL B/event');
  for (const { us, calls, rows: count, wal, query } of rows) {
    const cells = [us.padStart(12), calls.padStart(8), count.padStart(8), wal.padStart(8)];
    console.log(`${cells.join(' ')}  ${query}`);
  }
}
