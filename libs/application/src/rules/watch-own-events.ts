import { ruleReferences } from '@amends/contracts';
import { isOwnType, type RuleDocument } from '@amends/domain';
import type { Sql } from '../queries/sql';

/**
 * Writes down which events of ours a rule watches as it runs now, versions that still have something open included:
 * only those are told (ADR 12). To be called in the transaction that sets the rollout, under the lock of the rule.
 */
export async function watchOwnEvents(sql: Sql, ruleId: string): Promise<void> {
  const { rows } = await sql.query<{ document: RuleDocument }>(
    `select v.document from rule_version v join rule_rollout o on o.rule_id = v.rule_id
     where v.rule_id = $1 and (o.live_version is not null or o.shadow_version is not null)
       and (v.version in (o.live_version, o.shadow_version) or exists (
         select 1 from rule_run r
         where r.rule_id = v.rule_id and r.version = v.version and not r.drained))`,
    [ruleId],
  );
  const types = new Set(rows.flatMap(({ document }) => ruleReferences(document).eventTypes));
  const watched = [...types].filter(isOwnType);
  await sql.query('delete from own_event_watch where rule_id = $1 and type <> all ($2::text[])', [
    ruleId,
    watched,
  ]);
  if (watched.length === 0) return;
  await sql.query(
    `insert into own_event_watch (rule_id, type) select $1, unnest($2::text[])
     on conflict do nothing`,
    [ruleId, watched],
  );
}
