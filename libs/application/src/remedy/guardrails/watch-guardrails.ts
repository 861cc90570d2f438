import type { Asked } from '../../access/actor';
import type { Database } from '../../queries/sql';
import type { Guardrails } from '../../rules/rollout-rows';
import { readSettings } from '../../settings/read-settings';
import { CreateHold } from '../holds/create-hold';
import type { HoldScope } from '../holds/open-holds';
import { announce } from '../notices/announce';
import type { Remedy } from '../remedy';
import { judgeGuardrails, type HourOfPayouts, type Tripped } from './judge-guardrails';

const GUARDRAIL: Asked = {
  actor: { kind: 'system', id: 'guardrail', role: 'admin' },
  requestId: '',
};
const WEEKS = 4;
const DAYS = 6;

interface Guarded {
  /** Null: the account as a whole. */
  readonly ruleId: string | null;
  readonly guardrails: Guardrails;
}

/**
 * Holds what pays out far more than it used to at this hour, and tells people: a rule by the
 * guardrails of its rollout, all of them by those of the account. Once held by a guardrail, it is
 * let alone for an hour, so that a person who releases it is not overruled. Not under the stream
 * clock, where a year may pass in an hour. Returns how many were held.
 */
export async function watchGuardrails(remedy: Remedy): Promise<number> {
  if (remedy.clock === 'stream') return 0;
  const { database } = remedy;
  let held = 0;
  for (const guarded of await readGuarded(database)) {
    const tripped = judgeGuardrails(guarded.guardrails, ...(await readHours(database, guarded)));
    if (tripped && (await stop(remedy, guarded, tripped))) held += 1;
  }
  return held;
}

async function readGuarded(database: Database): Promise<Guarded[]> {
  const { rows } = await database.query<{ rule_id: string; guardrails: Guardrails }>(
    `select rule_id, guardrails from rule_rollout
     where live_version is not null and guardrails is not null and guardrails <> '{}'
     order by rule_id`,
  );
  const { settings } = await readSettings(database);
  const rules = rows.map(({ rule_id: ruleId, guardrails }) => ({ ruleId, guardrails }));
  const ofAccount = settings.guardrails;
  return ofAccount === null ? rules : [...rules, { ruleId: null, guardrails: ofAccount }];
}

interface HourRow {
  ago: number;
  hits: number;
  payouts: number;
  failed: number;
  spent: Record<string, string>;
}

/** The last hour, and the same hour of earlier weeks; of earlier days where it is younger than a week. */
async function readHours(
  database: Database,
  { ruleId }: Guarded,
): Promise<[now: HourOfPayouts, usual: HourOfPayouts[]]> {
  const { rows } = await database.query<HourRow>(
    `with began as (
       select min(since) as at from rule_run where lane = 0 and ($1::text is null or rule_id = $1)),
     hours as (
       select 0 as ago, now() as until union all
       select 7 * w, now() - make_interval(days => 7 * w) from generate_series(1, ${String(WEEKS)}) w
       union all select d, now() - make_interval(days => d) from generate_series(1, ${String(DAYS)}) d)
     select h.ago, i.hits, c.payouts, c.failed, coalesce(s.spent, '{}') as spent
     from hours h cross join began b
     cross join lateral (
       select count(*)::int as hits from incident
       where lane = 0 and ($1::text is null or rule_id = $1)
         and detected_at > h.until - interval '1 hour' and detected_at <= h.until) i
     cross join lateral (
       select count(*)::int as payouts, count(*) filter (where state = 'failed')::int as failed
       from compensation
       where ($1::text is null or rule_id = $1) and state not in ('withdrawn', 'rejected')
         and created_at > h.until - interval '1 hour' and created_at <= h.until) c
     left join lateral (
       select jsonb_object_agg(currency, minor) as spent from (
         select currency, sum(amount_minor)::text as minor from compensation
         where ($1::text is null or rule_id = $1) and state not in ('withdrawn', 'rejected')
           and created_at > h.until - interval '1 hour' and created_at <= h.until
         group by currency) by_currency) s on true
     where h.ago = 0 or h.until - interval '1 hour' >= b.at
     order by h.ago`,
    [ruleId],
  );
  const hours = rows.map(({ ago, spent, ...hour }) => ({
    ago,
    ...hour,
    spent: new Map(Object.entries(spent).map(([currency, minor]) => [currency, BigInt(minor)])),
  }));
  const now = hours.find(({ ago }) => ago === 0) ?? NOTHING;
  const weeks = hours.filter(({ ago }) => ago > 0 && ago % 7 === 0);
  return [now, weeks.length > 0 ? weeks : hours.filter(({ ago }) => ago > 0)];
}

const NOTHING: HourOfPayouts = { hits: 0, payouts: 0, failed: 0, spent: new Map() };

async function stop(remedy: Remedy, { ruleId }: Guarded, tripped: Tripped): Promise<boolean> {
  const { database, observer } = remedy;
  const scope: HoldScope = ruleId === null ? { all: true } : { rule: ruleId };
  const { guard, reason } = tripped;
  const hold = await database.transaction(async (sql) => {
    // Two processes that look at once take turns, and the second finds the hold of the first.
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', ['guardrail']);
    const { rows } = await sql.query(
      `select 1 from hold where created_by = $1 and scope = $2
         and (state in ('activating', 'active') or created_at > now() - interval '1 hour')`,
      [GUARDRAIL.actor.id, JSON.stringify(scope)],
    );
    if (rows.length > 0) return undefined;
    const laid = await new CreateHold(remedy).execute(GUARDRAIL, {
      scope,
      payments: true,
      messages: false,
      reason: `guardrail ${guard}: ${reason}`,
      untilMs: null,
    });
    const about = ruleId === null ? 'account' : `rule:${ruleId}`;
    const detail = { guard, reason, hold: laid.holdId };
    await announce(sql, [
      { kind: 'guardrail.tripped', about, occasion: `guardrail:${laid.holdId}`, detail },
    ]);
    return laid;
  });
  if (!hold) return false;
  observer.guardrailTripped(guard);
  observer.alarm('a guardrail has stopped payouts', {
    holdId: hold.holdId,
    ...(ruleId !== null && { ruleId }),
    code: `${guard}: ${reason}`,
  });
  return true;
}
