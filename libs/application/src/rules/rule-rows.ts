import type { RuleDocument } from '@amends/domain';
import { oneRow, type Sql } from '../queries/sql';

/** A rule with one of its versions and its rollout. */
export interface RuleRow {
  readonly id: string;
  readonly version: number;
  readonly latest_version: number;
  readonly managed_by: string;
  readonly refuted_count: bigint;
  readonly document: RuleDocument;
  readonly document_hash: string;
  readonly author: string;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly rollout_revision: number | null;
  readonly live_version: number | null;
  readonly live_percent: number | null;
  readonly live_since: Date | null;
  readonly shadow_version: number | null;
  readonly shadow_since: Date | null;
  readonly undecidable: readonly { readonly path: string; readonly n: number }[];
}

export const RULE_SELECT = `r.id, v.version, r.latest_version, r.managed_by, r.refuted_count,
  v.document, v.document_hash, v.author, r.created_at, v.created_at as updated_at,
  o.revision as rollout_revision, o.live_version, o.live_percent, o.live_since, o.shadow_version,
  o.shadow_since,
  (select coalesce(jsonb_agg(jsonb_build_object('path', u.path, 'n', u.n) order by u.path), '[]')
   from undecidable u where u.rule_id = r.id) as undecidable`;

/** Rules in their newest versions. */
export const RULE_FROM = `rule r
  join rule_version v on v.rule_id = r.id and v.version = r.latest_version
  left join rule_rollout o on o.rule_id = r.id`;

/** A rule in its newest version. */
export function readRule(sql: Sql, id: string): Promise<RuleRow | undefined> {
  return oneRow<RuleRow>(sql, `select ${RULE_SELECT} from ${RULE_FROM} where r.id = $1`, [id]);
}

export interface RuleVersionRow {
  readonly rule_id: string;
  readonly version: number;
  readonly document: RuleDocument;
  readonly document_hash: string;
  readonly author: string;
  readonly created_at: Date;
}

/** Versions never change. */
export function readRuleVersion(
  sql: Sql,
  id: string,
  version: number,
): Promise<RuleVersionRow | undefined> {
  return oneRow<RuleVersionRow>(
    sql,
    `select rule_id, version, document, document_hash, author, created_at from rule_version
     where rule_id = $1 and version = $2`,
    [id, version],
  );
}
