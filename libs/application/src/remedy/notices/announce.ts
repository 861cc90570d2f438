import { newId } from '../../ids/ids';
import type { Sql } from '../../queries/sql';
import { insertAudit, REMEDY } from '../store/audit-rows';
import { toJson } from '../store/insert-rows';

/** Something that people have to know. */
export interface Notice {
  /** `budget.warning`, `ceiling.reached`, …: a closed set. */
  readonly kind: string;
  /** What it is about: `budget:delivery-cn`. */
  readonly about: string;
  /** Told once for each: a level and a period are part of it. */
  readonly occasion: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/**
 * Tells people, once for each occasion however often it is said: a row of notices and one of the
 * audit, in the transaction of what it is about. Returns what was new.
 */
export async function announce(sql: Sql, notices: readonly Notice[]): Promise<readonly Notice[]> {
  if (notices.length === 0) return [];
  const nowMs = Date.now();
  const byOccasion = new Map(notices.map((notice) => [notice.occasion, notice] as const));
  // In one order everywhere, or two that tell the same at once could wait for each other.
  const ordered = [...byOccasion.values()].sort((a, b) => (a.occasion < b.occasion ? -1 : 1));
  const { rows } = await sql.query<{ occasion: string }>(
    `insert into notice (id, occasion, kind, about, detail)
     select r.id, r.occasion, r.kind, r.about, r.detail
     from jsonb_to_recordset($1::jsonb)
       as r(id text, occasion text, kind text, about text, detail jsonb)
     on conflict (occasion) do nothing returning occasion`,
    [toJson(ordered.map((notice) => ({ ...notice, id: newId('ntc', nowMs) })))],
  );
  const isNew = new Set(rows.map(({ occasion }) => occasion));
  const told = ordered.filter(({ occasion }) => isNew.has(occasion));
  await insertAudit(
    sql,
    told.map(({ kind, about, detail }) => ({
      author: REMEDY,
      action: kind,
      object: about,
      after: detail,
    })),
  );
  return told;
}
