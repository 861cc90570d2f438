import { parseDuration } from '@amends/domain';
import type { Asked } from '../../access/actor';
import type { Sql } from '../../queries/sql';
import type { Settings } from '../../settings/settings-document';
import type { ManualCompensationInput } from './manual-input';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Minor units of the currency that is about to be given. */
export interface GivenOfLate {
  /** Without another person's word. */
  readonly alone: bigint;
  /** Without that of two people. */
  readonly all: bigint;
  /** Something was given in another currency, without another person's word: the two have no common measure. */
  readonly isInOther: boolean;
}

/**
 * What this agent has given this customer of late, or anybody for this order: a sum that is split is
 * judged like the sum. Gifts to the same customer or order take turns until the caller's commit, or two
 * would both see no other.
 */
export async function givenOfLate(
  sql: Sql,
  settings: Pick<Settings, 'manual_limit_over'>,
  { actor }: Asked,
  { customerId, orderId, money }: ManualCompensationInput,
): Promise<GivenOfLate> {
  const turns = [`customer:${customerId}`, ...(orderId === undefined ? [] : [`order:${orderId}`])];
  for (const turn of turns.sort()) {
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`by-hand:${turn}`]);
  }
  const { rows } = await sql.query<GivenOfLate>(
    `select coalesce(sum(amount_minor) filter (where currency = $1 and not needs_approval), 0)::bigint
         as alone,
       coalesce(bool_or(currency <> $1 and not needs_approval), false) as "isInOther",
       coalesce(sum(amount_minor) filter (where currency = $1 and not exists (
         select 1 from approval a where a.compensation_id = c.id and a.first_by is not null)), 0)::bigint
         as "all"
     from compensation c
     where rule_id is null
       and state not in ('failed', 'withdrawn', 'rejected', 'reversed')
       and created_at > clock_timestamp() - $2::float8 * interval '1 ms'
       and (proposed_by = $3 and customer_id = $4 or order_id = $5)`,
    [
      money.currency,
      parseDuration(settings.manual_limit_over) ?? DAY_MS,
      actor.id,
      customerId,
      orderId ?? null,
    ],
  );
  return rows[0] ?? { alone: 0n, all: 0n, isInOther: false };
}
