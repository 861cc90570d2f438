import type { Asked } from '../../access/actor';
import type { Database } from '../../queries/sql';
import type { Guardrails } from '../../rules/rollout-rows';
import { readSettings } from '../../settings/read-settings';
import { CreateHold } from '../holds/create-hold';
import type { HoldScope } from '../holds/open-holds';
import { announce } from '../notices/announce';
import type { Remedy } from '../remedy';
import { expectedHour } from './expected-hours';
import { readExpectation } from './expectation';
import { judgeGuardrails, type HourOfPayouts, type Tripped } from './judge-guardrails';

const GUARDRAIL: Asked = {
  actor: { kind: 'system', id: 'guardrail', role: 'admin' },
  requestId: '',
};
const WEEKS = 4;
const DAYS = 6;
/** As far back as a young rule is compared with what it would have done. */
const EXPECTED_DAYS = 7;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Guarded {
  /** Null: the account as a whole. */
  readonly live: LiveRule | null;
  readonly guardrails: Guardrails;
}

interface LiveRule {
  readonly ruleId: string;
  readonly version: number;
  readonly percent: number;
}

/** What the last hour is compared with; of a young rule partly what its version would have done. */
interface Comparison {
  readonly now: HourOfPayouts;
  readonly usual: readonly HourOfPayouts[];
  readonly by: 'weeks' | 'days' | 'history';
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
    const compared = await compare(remedy, guarded.live);
    const tripped = judgeGuardrails(guarded.guardrails, compared.now, compared.usual);
    if (tripped && (await stop(remedy, guarded.live, tripped, compared.by))) held += 1;
  }
  return held;
}

async function readGuarded(database: Database): Promise<Guarded[]> {
  const { rows } = await database.query<LiveRule & { guardrails: Guardrails }>(
    `select rule_id as "ruleId", live_version as version, coalesce(live_percent, 100) as percent,
       guardrails
     from rule_rollout
     where live_version is not null and guardrails is not null and guardrails <> '{}'
     order by rule_id`,
  );
  const { settings } = await readSettings(database);
  const rules = rows.map(({ guardrails, ...live }) => ({ live, guardrails }));
  const ofAccount = settings.guardrails;
  return ofAccount === null ? rules : [...rules, { live: null, guardrails: ofAccount }];
}

interface HourRow {
  ago: number;
  until: Date;
  hits: number;
  payouts: number;
  failed: number;
  spent: Record<string, string>;
}

interface Hour extends HourOfPayouts {
  /** Days before now. */
  readonly ago: number;
  readonly untilMs: number;
}

/**
 * The last hour, and the same hour of earlier weeks. While the rule is younger than a week, of earlier days: those
 * before it went live are played from history, which is what a back-test says of them.
 */
async function compare(remedy: Remedy, live: LiveRule | null): Promise<Comparison> {
  const [now = NOTHING, ...before] = await readHours(remedy.database, live?.ruleId ?? null);
  const weeks = before.filter(({ ago }) => ago % 7 === 0);
  if (weeks.length > 0) return { now, usual: weeks, by: 'weeks' };
  const expected = live === null ? [] : await expectedOf(remedy, live, now.untilMs);
  const known = new Set(before.map(({ ago }) => ago));
  const added = expected.filter(({ ago }) => !known.has(ago));
  return { now, usual: [...before, ...added], by: added.length > 0 ? 'history' : 'days' };
}

/** The hours of the days before a version went live, as far as history covers them. */
async function expectedOf(
  remedy: Remedy,
  { ruleId, version, percent }: LiveRule,
  nowMs: number,
): Promise<Hour[]> {
  const { fromMs, toMs, hours } = await readExpectation(remedy, ruleId, version);
  const days = Array.from({ length: EXPECTED_DAYS }, (_, day) => day + 1);
  return days
    .map((ago) => ({ ago, untilMs: nowMs - ago * DAY_MS }))
    .filter(({ untilMs }) => untilMs - HOUR_MS >= fromMs && untilMs <= toMs)
    .map((hour) => ({ ...hour, ...expectedHour(hours, hour.untilMs, percent) }));
}

/** The last hour first; then those before in which the rule was live. */
async function readHours(database: Database, ruleId: string | null): Promise<Hour[]> {
  const { rows } = await database.query<HourRow>(
    `with began as (
       select min(since) as at from rule_run where lane = 0 and ($1::text is null or rule_id = $1)),
     hours as (
       select 0 as ago, now() as until union all
       select 7 * w, now() - make_interval(days => 7 * w) from generate_series(1, ${String(WEEKS)}) w
       union all select d, now() - make_interval(days => d) from generate_series(1, ${String(DAYS)}) d)
     select h.ago, h.until, i.hits, c.payouts, c.failed, coalesce(s.spent, '{}') as spent
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
  return rows.map(({ spent, until, ...hour }) => ({
    ...hour,
    untilMs: until.getTime(),
    spent: new Map(Object.entries(spent).map(([currency, minor]) => [currency, BigInt(minor)])),
  }));
}

const NOTHING: Hour = { ago: 0, untilMs: 0, hits: 0, payouts: 0, failed: 0, spent: new Map() };

async function stop(
  remedy: Remedy,
  live: LiveRule | null,
  tripped: Tripped,
  comparedBy: Comparison['by'],
): Promise<boolean> {
  const { database, observer } = remedy;
  const ruleId = live?.ruleId ?? null;
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
    const detail = { guard, reason, hold: laid.holdId, compared_by: comparedBy };
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
