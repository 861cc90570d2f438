import { parseDuration } from '@amends/domain';
import type { Database, Sql } from '../../queries/sql';
import { readSettings } from '../../settings/read-settings';
import type { Settings } from '../../settings/settings-document';
import { announce } from '../notices/announce';

/** What we owe somebody ourselves. */
export type PromiseKind = 'approval' | 'hold' | 'unknown' | 'replacement';

/** How many of each are late now. */
export type LatePromises = Readonly<Record<PromiseKind, number>>;

interface Row {
  kind: PromiseKind;
  about: string;
  since: Date;
  is_told: boolean;
}

/**
 * Our own promises are promises, too: an approval that nobody decides about, a hold that nobody
 * lifts, a payout of which nobody knows whether it moved, a replacement that never was confirmed.
 * Tells people of each once it is late, once, and says how many are.
 */
export async function watchPromises(database: Database): Promise<LatePromises> {
  const { settings } = await readSettings(database);
  const rows = await readLate(database, settings);
  const untold = rows.filter((row) => !row.is_told);
  if (untold.length > 0) {
    await database.transaction((sql) =>
      announce(
        sql,
        untold.map(({ kind, about, since }) => ({
          kind: 'promise.late',
          about,
          occasion: `promise:${kind}:${about}`,
          detail: { promise: kind, since },
        })),
      ),
    );
  }
  const count = (kind: PromiseKind) => rows.filter((row) => row.kind === kind).length;
  return {
    approval: count('approval'),
    hold: count('hold'),
    unknown: count('unknown'),
    replacement: count('replacement'),
  };
}

async function readLate(sql: Sql, { promises }: Settings): Promise<readonly Row[]> {
  const ms = (kind: PromiseKind) => parseDuration(promises[kind]) ?? null;
  const { rows } = await sql.query<Row>(
    `with late as (
       select 'approval' as kind, 'approval:' || id as about, requested_at as since from approval
       where state = 'open' and requested_at < now() - $1::float8 * interval '1 ms'
       union all select 'hold', 'hold:' || id, created_at from hold
       where state in ('activating', 'active') and created_at < now() - $2::float8 * interval '1 ms'
       -- since the one was sent of which nobody knows: what waited for a person before is not late by that
       union all select 'unknown', 'compensation:' || c.id, a.at from compensation c
       cross join lateral (select max(coalesce(first_sent_at, c.updated_at)) as at
         from payment_attempt where compensation_id = c.id) a
       where c.state = 'unknown' and a.at < now() - $3::float8 * interval '1 ms'
       union all select 'replacement', 'compensation:' || id, created_at from compensation
       where kind = 'replacement' and state in ('reserved', 'sending', 'held')
         and created_at < now() - $4::float8 * interval '1 ms')
     -- of approvals it is told where they are escalated
     select l.*, l.kind = 'approval' or exists (
       select 1 from notice n where n.occasion = 'promise:' || l.kind || ':' || l.about) as is_told
     from late l order by l.since limit 1000`,
    [ms('approval'), ms('hold'), ms('unknown'), ms('replacement')],
  );
  return rows;
}
