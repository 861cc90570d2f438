import { compileLimits, limitSubjects, type JsonObject, type RuleDocument } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { guardName } from '../limits/guard-name';
import { LIVE_LANE, scopeOf } from '../model/incident';
import type { Remedy } from '../remedy';
import { insertRows } from '../store/insert-rows';
import type { LimitScope, RemedyRule } from './rule-book';

/** Held shared by whatever counts in limits, alone by whoever begins a new counter. */
const BOOK_LOCK = 4_207_011;
const PAGE_ROWS = 1_000;

/** To be taken before the generation is read, in a statement of its own. */
export const SHARE_RULE_BOOK = `select pg_advisory_xact_lock_shared(${String(BOOK_LOCK)})`;

/** The generation of the rule set, as this statement sees it. */
export async function readGeneration(sql: Sql): Promise<bigint> {
  const { rows } = await sql.query<{ generation: bigint }>('select generation from rule_set');
  return rows[0]?.generation ?? 0n;
}

/**
 * Takes over a changed rule set. A limit that nobody counted for before finds the payouts made until
 * now: its counters are filled, while no decision runs, so that a new version of a rule does not
 * begin at zero.
 */
export async function refreshRuleBook(remedy: Remedy): Promise<void> {
  const { generation, scopes } = await remedy.database.transaction(async (sql) => {
    const current = await readScopes(sql);
    if (current.unknown.length === 0) return current;
    await sql.query(`select pg_advisory_xact_lock(${String(BOOK_LOCK)})`);
    const locked = await readScopes(sql);
    for (const scope of locked.unknown) await fillScope(sql, remedy, scope);
    return locked;
  });
  remedy.rules.adopt(generation, scopes);
}

async function readScopes(sql: Sql) {
  // First, so that it is never newer than the scopes it goes with.
  const generation = await readGeneration(sql);
  const scopes = await runningScopes(sql);
  const known = await knownScopes(sql);
  return { generation, scopes, unknown: scopes.filter((scope) => !known.has(scopeKey(scope))) };
}

/**
 * Every counter that limits of running rules name: live, in shadow, and of versions that still have
 * something open.
 */
async function runningScopes(sql: Sql): Promise<LimitScope[]> {
  const { rows } = await sql.query<{ lane: number; scope: string; per: string }>(
    `with running as (
       select rule_id, lane, version from rule_run where not drained
       union select rule_id, 0, live_version from rule_rollout where live_version is not null
       union select rule_id, 1, shadow_version from rule_rollout where shadow_version is not null)
     select distinct r.lane::int as lane,
       case when l ->> 'across' is null then 'rule:' || r.rule_id else 'label:' || (l ->> 'across') end
         as scope, l ->> 'per' as per
     from running r join rule_version v using (rule_id, version),
       jsonb_array_elements(coalesce(v.document::jsonb -> 'limits', '[]')) as l
     order by 1, 2, 3`,
  );
  return rows;
}

async function knownScopes(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ lane: number; scope: string; per: string }>(
    'select lane::int as lane, scope, per from limit_scope',
  );
  return new Set(rows.map(scopeKey));
}

function scopeKey({ lane, scope, per }: LimitScope): string {
  return JSON.stringify([lane, scope, per]);
}

interface PaidRow {
  ref: string;
  rule_id: string;
  rule_version: number;
  customer_id: string;
  at: Date;
  minor: bigint;
  currency: string | null;
  event: JsonObject;
  vars: JsonObject;
  facts: JsonObject;
  unit: number;
}

async function fillScope(sql: Sql, remedy: Remedy, scope: LimitScope): Promise<void> {
  await sql.query('insert into limit_scope (lane, scope, per) values ($1, $2, $3)', [
    scope.lane,
    scope.scope,
    scope.per,
  ]);
  // Shadow pays nobody, so it has nothing to look back on.
  if (scope.lane !== LIVE_LANE) return;
  let after = '';
  for (;;) {
    const page = await readPaid(sql, scope, after);
    const entries = [];
    for (const row of page) {
      const rule = await remedy.rules.find(sql, row.rule_id, row.rule_version);
      const subject = rule && subjectOf(rule, scope, row);
      if (subject === undefined) continue;
      entries.push({
        guard: guardName(LIVE_LANE, { ...scope, subject }),
        at: row.at,
        entry_ref: row.ref,
        amount_minor: row.minor,
        currency: row.currency,
      });
    }
    await insertEntries(sql, entries);
    if (page.length < PAGE_ROWS) return;
    after = page.at(-1)?.ref ?? '';
  }
}

/** What is paid or reserved, and words of apology, of the rules that share the scope. */
async function readPaid(sql: Sql, { scope }: LimitScope, after: string): Promise<PaidRow[]> {
  const { rows } = await sql.query<PaidRow>(
    `with mine as (
       select rule_id, version from rule_version v
       where case when $1::text like 'rule:%' then v.rule_id = substr($1, 6)
         else v.document::jsonb -> 'labels' ->> split_part(substr($1, 7), '=', 1)
              = substr($1, 8 + length(split_part(substr($1, 7), '=', 1))) end)
     select x.* from (
       select c.id as ref, i.rule_id, i.rule_version, i.customer_id, c.incident_at as at,
         c.unit, c.amount_minor as minor, c.currency::text as currency, i.event, i.vars, i.facts
       from compensation c join incident i on i.id = c.incident_id
       join mine m on m.rule_id = i.rule_id and m.version = i.rule_version
       where i.lane = 0 and c.proposed_by like 'rule:%'
         and c.state not in ('failed', 'withdrawn', 'rejected', 'reversed')
       union all
       select i.id, i.rule_id, i.rule_version, i.customer_id, i.event_time, 0, 0, null,
         i.event, i.vars, i.facts
       from incident i join mine m on m.rule_id = i.rule_id and m.version = i.rule_version
       where i.lane = 0 and i.state = 'apologised') x
     where x.ref > $2 order by x.ref limit $3`,
    [scope, after, PAGE_ROWS],
  );
  return rows;
}

function subjectOf(rule: RemedyRule, scope: LimitScope, row: PaidRow): string | undefined {
  const limits: RuleDocument['limits'] = [{ times: 1, per: scope.per, then: 'skip' }];
  const compiled = compileLimits({ id: rule.id, limits }, rule.factNames, rule.varNames);
  return limitSubjects(compiled, scopeOf(row, rule, row.unit), row.customer_id)[0]?.subject;
}

async function insertEntries(
  sql: Sql,
  entries: readonly {
    guard: string;
    at: Date;
    entry_ref: string;
    amount_minor: bigint;
    currency: string | null;
  }[],
): Promise<void> {
  await insertRows(
    sql,
    'limit_entry',
    {
      guard: 'text',
      at: 'timestamptz',
      entry_ref: 'text',
      amount_minor: 'bigint',
      currency: 'text',
    },
    entries,
    { onConflict: 'on conflict (guard, entry_ref) do nothing' },
  );
}
