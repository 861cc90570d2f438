import { oneRow, type Sql } from '../queries/sql';

export interface Guardrails {
  readonly max_spend_ratio?: number | undefined;
  readonly max_hit_ratio?: number | undefined;
  readonly max_payout_failure?: number | undefined;
}

export interface LiveLane {
  readonly version: number;
  readonly percent: number;
  readonly since: Date;
}

export interface ShadowLane {
  readonly version: number;
  readonly since: Date;
}

/** Which versions of a rule run. Revision 0: it was never set. */
export interface Rollout {
  readonly revision: number;
  readonly live: LiveLane | null;
  readonly shadow: ShadowLane | null;
  readonly guardrails: Guardrails | null;
  readonly note: string | null;
  readonly updatedBy: string | null;
  readonly updatedAt: Date | null;
}

interface Row {
  readonly revision: number;
  readonly live_version: number | null;
  readonly live_percent: number | null;
  readonly live_since: Date | null;
  readonly shadow_version: number | null;
  readonly shadow_since: Date | null;
  readonly guardrails: Guardrails | null;
  readonly note: string | null;
  readonly updated_by: string | null;
  readonly updated_at: Date;
}

const NEVER_SET: Rollout = {
  revision: 0,
  live: null,
  shadow: null,
  guardrails: null,
  note: null,
  updatedBy: null,
  updatedAt: null,
};

export async function readRollout(sql: Sql, ruleId: string): Promise<Rollout> {
  const row = await oneRow<Row>(
    sql,
    `select revision, live_version, live_percent, live_since, shadow_version, shadow_since,
       guardrails, note, updated_by, updated_at
     from rule_rollout where rule_id = $1`,
    [ruleId],
  );
  if (row === undefined) return NEVER_SET;
  return {
    ...lanesOf(row),
    revision: row.revision,
    guardrails: row.guardrails,
    note: row.note,
    updatedBy: row.updated_by,
    updatedAt: row.updated_at,
  };
}

/** The lanes as the columns of `rule_rollout` hold them; without a row, off. */
export function lanesOf(row: {
  readonly live_version: number | null;
  readonly live_percent: number | null;
  readonly live_since: Date | null;
  readonly shadow_version: number | null;
  readonly shadow_since: Date | null;
}): Pick<Rollout, 'live' | 'shadow'> {
  const { live_version: live, shadow_version: shadow } = row;
  return {
    live:
      live === null
        ? null
        : { version: live, percent: row.live_percent ?? 0, since: row.live_since ?? new Date(0) },
    shadow:
      shadow === null ? null : { version: shadow, since: row.shadow_since ?? new Date(0) },
  };
}

export function rolloutStem(revision: number): string {
  return `r${String(revision)}`;
}
