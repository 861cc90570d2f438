import type { Database } from '../../queries/sql';
import { clockNowMs } from '../skip/clock-now';
import type { HourOfPayouts } from './judge-guardrails';
import { sameHours, type HourEnd } from './same-hours';

/** An hour that ends now, or ended some days ago at the same time of the day. */
export interface PayoutHour extends HourOfPayouts, HourEnd {
  /** Whether the rule (any rule) was live all through it. */
  readonly isKnown: boolean;
}

export interface PayoutHours {
  readonly now: PayoutHour;
  /** One to six days ago, and one to four weeks. */
  readonly before: readonly PayoutHour[];
}

export interface HoursWanted {
  /** Null: of all. */
  readonly ruleId: string | null;
  /** The same hour is the same by the clock on the wall of this time zone. */
  readonly zone: string;
  /** Without what people have given by hand, of which no rule says how much is usual. */
  readonly isByRules?: boolean;
}

interface Row {
  n: number;
  known: boolean;
  hits: number;
  payouts: number;
  failed: number;
  spent: Record<string, string>;
}

/** What a rule, or all of them, did in the last hour and in the same hour of earlier days. */
export async function readPayoutHours(
  database: Database,
  { ruleId, zone, isByRules = false }: HoursWanted,
): Promise<PayoutHours> {
  const ends = sameHours(await clockNowMs(database, 'wall'), zone);
  const { rows } = await database.query<Row>(
    `with began as (
       select min(since) as at from rule_run where lane = 0 and ($1::text is null or rule_id = $1)),
     hours as (select n, until from unnest($2::timestamptz[]) with ordinality as u(until, n))
     select h.n::int as n, coalesce(h.until - interval '1 hour' >= b.at, false) as known, i.hits,
       c.payouts, c.failed, coalesce(s.spent, '{}') as spent
     from hours h cross join began b
     cross join lateral (
       select count(*)::int as hits from incident
       where lane = 0 and ($1::text is null or rule_id = $1)
         and detected_at > h.until - interval '1 hour' and detected_at <= h.until) i
     cross join lateral (
       select count(*)::int as payouts, count(*) filter (where state = 'failed')::int as failed
       from compensation
       where ($1::text is null or rule_id = $1) and (not $3 or rule_id is not null)
         and state not in ('withdrawn', 'rejected')
         and created_at > h.until - interval '1 hour' and created_at <= h.until) c
     left join lateral (
       select jsonb_object_agg(currency, minor) as spent from (
         select currency, sum(amount_minor)::text as minor from compensation
         where ($1::text is null or rule_id = $1) and (not $3 or rule_id is not null)
           and state not in ('withdrawn', 'rejected')
           and created_at > h.until - interval '1 hour' and created_at <= h.until
         group by currency) by_currency) s on true
     order by h.n`,
    [ruleId, ends.map(({ untilMs }) => new Date(untilMs)), isByRules],
  );
  const [now, ...before] = rows.map(({ n, spent, known, ...hour }) => ({
    ...hour,
    ...(ends[n - 1] ?? { ago: 0, untilMs: 0 }),
    isKnown: known,
    spent: new Map(Object.entries(spent).map(([currency, minor]) => [currency, BigInt(minor)])),
  }));
  if (now === undefined) throw new Error('an hour of payouts is missing');
  return { now, before };
}
