import type { RuleDocument } from '@amends/domain';
import type { Pool } from 'pg';

export interface Rollout {
  readonly live?: number;
  readonly shadow?: number;
}

/** Stores a further version of a rule, and makes it run. */
export async function putRule(
  pool: Pool,
  document: RuleDocument,
  rollout: Rollout | 'latest' = 'latest',
): Promise<number> {
  const { id, title } = document;
  await pool.query(
    `insert into rule (id, latest_version) values ($1, 1)
     on conflict (id) do update set latest_version = rule.latest_version + 1`,
    [id],
  );
  const { rows } = await pool.query<{ version: number }>(
    'select latest_version as version from rule where id = $1',
    [id],
  );
  const version = rows[0]?.version ?? 0;
  await pool.query(
    `insert into rule_version (rule_id, version, document, document_hash, title, author)
     values ($1, $2, $3, '', $4, 'spec')`,
    [id, version, JSON.stringify(document), title],
  );
  await rollOut(pool, id, rollout === 'latest' ? { live: version } : rollout);
  return version;
}

export async function rollOut(pool: Pool, id: string, { live, shadow }: Rollout): Promise<void> {
  await pool.query(
    `insert into rule_rollout (rule_id, live_version, live_percent, shadow_version)
     values ($1, $2, $3, $4)
     on conflict (rule_id) do update set live_version = excluded.live_version,
       live_percent = excluded.live_percent, shadow_version = excluded.shadow_version`,
    [id, live ?? null, live === undefined ? null : 100, shadow ?? null],
  );
  for (const [lane, version] of [[0, live] as const, [1, shadow] as const]) {
    if (version === undefined) continue;
    await pool.query(
      `insert into rule_run (rule_id, lane, version) values ($1, $2, $3)
       on conflict (rule_id, lane, version) do update set drained = false`,
      [id, lane, version],
    );
  }
  await pool.query('update rule_set set generation = generation + 1');
}
