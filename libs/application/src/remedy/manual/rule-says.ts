import { formatMoney, type Money } from '@amends/domain';
import { invalidField } from '../../access/refusal';
import type { Sql } from '../../queries/sql';
import type { ManualCompensationInput } from './manual-input';

/** What a rule has decided about the same case. */
export interface RuleSays {
  readonly incidentId: string;
  readonly ruleId: string;
  readonly money: Money;
}

type Case = Pick<ManualCompensationInput, 'customerId' | 'incidentId' | 'orderId'>;

/**
 * What a rule says is owed for a case that is about to be made good by hand: of the incident that is
 * named, or else of the newest of that order. Null where no rule knows it, or none could name a sum.
 */
export async function ruleSays(
  sql: Sql,
  { customerId, incidentId, orderId }: Case,
): Promise<RuleSays | null> {
  if (incidentId === undefined && orderId === undefined) return null;
  const { rows } = await sql.query<{
    id: string;
    rule_id: string;
    minor: bigint;
    currency: string;
  }>(
    `select id, rule_id, amount_minor as minor, currency::text as currency from incident
     where customer_id = $1 and lane = 0 and amount_minor is not null
       and case when $2::text is not null then id = $2
         else event #>> '{data,order_id}' = $3 or key = to_json($3::text)::text end
     order by detected_at desc, id desc limit 1`,
    [customerId, incidentId ?? null, orderId ?? null],
  );
  const [row] = rows;
  if (!row) return null;
  const { id, rule_id: ruleId, minor, currency } = row;
  return { incidentId: id, ruleId, money: { minor, currency } };
}

/** The same case gets the same sum by hand as by rule: whoever gives another has to say why. */
export function requireSameSum(
  says: RuleSays | null,
  { incidentId, money, differsBecause }: ManualCompensationInput,
): void {
  if (incidentId === undefined || says === null) return;
  const isSame = says.money.minor === money.minor && says.money.currency === money.currency;
  if (isSame || (differsBecause ?? '').trim() !== '') return;
  const sum = formatMoney(says.money);
  throw invalidField('/differs_because', 'required', {
    en: `rule ${says.ruleId} says ${sum}: another sum needs a reason`,
    zh: `规则 ${says.ruleId} 的金额为 ${sum}：不同金额须说明理由`,
  });
}
