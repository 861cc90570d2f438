import type { Sql } from '../../queries/sql';
import { insertAudit, REMEDY } from '../store/audit-rows';
import type { Difference } from './compare-payouts';

/**
 * Keeps what differs, and ends what does not any more among the keys that were looked at. Returns those
 * that are new: each is told of once, and stands in the audit.
 */
export async function keepDifferences(
  sql: Sql,
  provider: string,
  keys: readonly string[],
  differences: readonly Difference[],
): Promise<Difference[]> {
  const column = (read: (one: Difference) => string | null) => differences.map(read);
  const { rows } = await sql.query<{ key: string; kind: string; fresh: boolean }>(
    `insert into payout_difference
       (provider, key, kind, compensation_id, provider_ref, ours, theirs)
     select $1, d.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       as d(key, kind, compensation_id, provider_ref, ours, theirs)
     on conflict (provider, key, kind) do update set last_seen_at = now(), ended_at = null,
       first_seen_at = case when payout_difference.ended_at is null
         then payout_difference.first_seen_at else now() end,
       ours = excluded.ours, theirs = excluded.theirs, provider_ref = excluded.provider_ref
     returning key, kind, (first_seen_at = last_seen_at) as fresh`,
    [
      provider,
      column(({ key }) => key),
      column(({ kind }) => kind),
      column(({ compensationId }) => compensationId),
      column(({ providerRef }) => providerRef),
      column(({ ours }) => ours),
      column(({ theirs }) => theirs),
    ],
  );
  await sql.query(
    `update payout_difference p set ended_at = now()
     where provider = $1 and ended_at is null and key = any($2)
       and not exists (select 1 from unnest($3::text[], $4::text[]) as d(key, kind)
         where d.key = p.key and d.kind = p.kind)`,
    [provider, keys, column(({ key }) => key), column(({ kind }) => kind)],
  );
  const fresh = new Set(
    rows.filter((row) => row.fresh).map(({ key, kind }) => JSON.stringify([key, kind])),
  );
  const told = differences.filter(({ key, kind }) => fresh.has(JSON.stringify([key, kind])));
  await insertAudit(
    sql,
    told.map(({ kind, key, compensationId, ours, theirs, providerRef }) => ({
      author: REMEDY,
      action: `payout.${kind}`,
      object: compensationId === null ? `payout:${key}` : `compensation:${compensationId}`,
      before: { provider, key, ours },
      after: { provider_ref: providerRef, theirs },
    })),
  );
  return told;
}
