import type { Asked } from '../../access/actor';
import type { Sql } from '../../queries/sql';
import { hasNoManualLimit, manualLimitOf } from '../../settings/manual-limit';
import type { Settings } from '../../settings/settings-document';
import { AbuseDesk, type SignalLine } from '../abuse/abuse-desk';
import type { ManualCompensationInput } from './manual-input';

/** From nine tenths of it on, a gift is close to the agent's own limit. */
const NEAR_TENTHS = 9n;

/**
 * What is conspicuous about a gift by hand: a customer who is given often, accounts that hang
 * together, an agent who keeps just below their own limit. Who has no limit is asked nothing.
 */
export async function manualSignals(
  sql: Sql,
  settings: Settings,
  { actor }: Asked,
  { customerId, money, payment }: ManualCompensationInput,
): Promise<SignalLine[]> {
  if (hasNoManualLimit(actor.role)) return [];
  const event = payment === undefined ? null : { data: { payment_id: payment } };
  const claim = { customerId, ruleId: null, event };
  const desk = await AbuseDesk.open(sql, settings.abuse, [claim]);
  const lines = desk.signals(claim);
  const { agent_near_limit: most } = settings.abuse;
  const limit = manualLimitOf(settings, money.currency);
  if (most === null || 10n * money.minor < NEAR_TENTHS * limit) return lines;
  const { rows } = await sql.query<{ count: number }>(
    `select count(*)::int as count from compensation
     where proposed_by = $1 and rule_id is null and currency = $2
       and created_at > now() - interval '30 days' and 10 * amount_minor >= $3::bigint`,
    [actor.id, money.currency, NEAR_TENTHS * limit],
  );
  const count = (rows[0]?.count ?? 0) + 1;
  if (count < most) return lines;
  return [...lines, { signal: 'agent_near_limit', value: count, threshold: most, ok: false }];
}
