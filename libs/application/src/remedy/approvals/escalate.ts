import { parseDuration } from '@amends/domain';
import type { Database, Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import { announce } from '../notices/announce';

const LOOKED_AT_MAX = 100;
const WEEK = '7 days';

/**
 * Tells people, once, of what has waited for a person for longer than the account allows, and closes
 * changes that nobody has decided about for a week, saying so. What a customer may get never lapses:
 * only a Manager denies it.
 */
export async function escalateApprovals(database: Database): Promise<void> {
  const { settings } = await readSettings(database);
  const afterMs = parseDuration(settings.promises.approval);
  await database.transaction(closeLapsed);
  if (afterMs === undefined) return;
  await database.transaction((sql) => tellOfWaiting(sql, afterMs));
}

async function closeLapsed(sql: Sql): Promise<void> {
  const { rows } = await sql.query<{ id: string; kind: string; requested_by: string; since: Date }>(
    `update approval set state = 'void', decided_at = now(), note = 'lapsed', revision = revision + 1
     where state = 'open' and kind is not null and requested_at < now() - interval '${WEEK}'
     returning id, kind, requested_by, requested_at as since`,
  );
  await announce(
    sql,
    rows.map(({ id, kind, requested_by, since }) => ({
      kind: 'approval.lapsed',
      about: `approval:${id}`,
      occasion: `approval:${id}:lapsed`,
      detail: { action: kind, requested_by, since },
    })),
  );
}

async function tellOfWaiting(sql: Sql, afterMs: number): Promise<void> {
  const { rows } = await sql.query<{ id: string; reason: string; requested_at: Date }>(
    `update approval set escalated_at = now() where id in (
       select id from approval where state = 'open' and escalated_at is null
         and requested_at < now() - $1::float8 * interval '1 ms'
       order by requested_at limit ${String(LOOKED_AT_MAX)} for update skip locked)
     returning id, reason, requested_at`,
    [afterMs],
  );
  await announce(
    sql,
    rows.map(({ id, reason, requested_at: since }) => ({
      kind: 'approval.waiting',
      about: `approval:${id}`,
      occasion: `approval:${id}:waiting`,
      detail: { reason, since },
    })),
  );
}
