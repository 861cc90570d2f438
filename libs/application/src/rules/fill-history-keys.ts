import type { Json } from '@amends/domain';
import { waitForBatches } from '../detector/detect-lock';
import { HistoryKeys, type HistoryPath } from '../events/history-key';
import type { History, HistoryEvent } from '../history/history';
import type { Database, Sql } from '../queries/sql';

const PAGE = 2_000;

/**
 * Makes history findable by the values that rules look it up by (`skip_if`), before such a rule
 * runs. First the path is made known, so that every batch from then on writes its keys; then what
 * was read before is filled in. Done again after a crash, it adds only what is missing.
 */
export async function fillHistoryKeys(
  database: Database,
  history: History,
  paths: readonly HistoryPath[],
): Promise<void> {
  const missing = await announce(database, paths);
  if (missing.length === 0) return;
  // Batches that began before write history without its keys, and are not to be seen yet.
  await database.transaction(waitForBatches);
  for (const path of missing) {
    await fillOne(database, history, path);
    await database.query(
      'update history_key_path set filled_back_at = now() where type = $1 and path = $2',
      [path.type, path.path],
    );
  }
}

/** Answers the paths that have not been filled in. */
function announce(database: Database, paths: readonly HistoryPath[]): Promise<HistoryPath[]> {
  if (paths.length === 0) return Promise.resolve([]);
  const columns = [paths.map(({ type }) => type), paths.map(({ path }) => path)];
  return database.transaction(async (sql) => {
    const added = await sql.query(
      `insert into history_key_path (type, path)
       select distinct * from unnest($1::text[], $2::text[]) on conflict do nothing`,
      columns,
    );
    // Detectors take the new paths over at their next batch.
    if ((added.rowCount ?? 0) > 0) {
      await sql.query('update rule_set set generation = generation + 1');
    }
    const { rows } = await sql.query<HistoryPath>(
      `select p.type, p.path from history_key_path p
       where p.filled_back_at is null
         and (p.type, p.path) in (select * from unnest($1::text[], $2::text[]))
       order by p.type, p.path`,
      columns,
    );
    return rows;
  });
}

async function fillOne(database: Database, history: History, path: HistoryPath): Promise<void> {
  const keys = new HistoryKeys([path]);
  const query = { types: [path.type], order: 'asc', limit: PAGE } as const;
  let after: HistoryEvent | undefined;
  for (;;) {
    const events: readonly HistoryEvent[] = await history.read(database, { ...query, after });
    await writeKeys(database, path, keys, events);
    after = events.at(-1);
    if (after === undefined || events.length < PAGE) return;
  }
}

async function writeKeys(
  sql: Sql,
  { type, path }: HistoryPath,
  keys: HistoryKeys,
  events: readonly HistoryEvent[],
): Promise<void> {
  const found = events.flatMap(({ seq, timeMs, body }) => {
    const json = JSON.parse(body) as Readonly<Record<string, Json>>;
    const event = { source: '', id: '', type, timeMs, customerId: undefined, json };
    return keys.of(event).map(({ hash }) => ({ seq, time: new Date(timeMs), hash }));
  });
  if (found.length === 0) return;
  await sql.query(
    `insert into history_key (type, path, value_hash, time, seq)
     select $1, $2, f.hash, f.time, f.seq
     from unnest($3::bytea[], $4::timestamptz[], $5::bigint[]) as f(hash, time, seq)
     where not exists (
       select 1 from history_key k
       where k.type = $1 and k.path = $2 and k.value_hash = f.hash and k.time = f.time
         and k.seq = f.seq)`,
    [
      type,
      path,
      found.map(({ hash }) => hash),
      found.map(({ time }) => time),
      found.map(({ seq }) => seq),
    ],
  );
}
