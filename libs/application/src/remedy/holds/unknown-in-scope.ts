import type { Sql } from '../../queries/sql';
import { labelsOf, type HoldScope } from './open-holds';

/** A part of a scope that names something nobody has heard of: most likely it is misspelt. */
export interface UnknownInScope {
  readonly pointer: '/scope/rule' | '/scope/customer' | '/scope/label';
  readonly code: 'unknown_rule' | 'unknown_customer' | 'unknown_label';
}

/**
 * What a scope names that does not exist. A hold is laid all the same: stopping must never fail, and
 * what it names may come into being later. But somebody has to be told.
 */
export async function unknownInScope(sql: Sql, scope: HoldScope): Promise<UnknownInScope[]> {
  const { rule, customer, label } = scope;
  const { rows } = await sql.query<{ rule: boolean; customer: boolean; label: boolean }>(
    `select $1::text is not null and not exists (select 1 from rule where id = $1) as rule,
       $2::text is not null and not exists (select 1 from customer where id = $2)
         and not exists (select 1 from incident where customer_id = $2)
         and not exists (select 1 from compensation where customer_id = $2) as customer,
       $3::jsonb <> '{}' and not exists (select 1 from rule_version where labels @> $3) as label`,
    [rule ?? null, customer ?? null, JSON.stringify(Object.fromEntries(labelsOf(label)))],
  );
  const unknown: UnknownInScope[] = [];
  if (rows[0]?.rule === true) unknown.push({ pointer: '/scope/rule', code: 'unknown_rule' });
  if (rows[0]?.customer === true) {
    unknown.push({ pointer: '/scope/customer', code: 'unknown_customer' });
  }
  if (rows[0]?.label === true) unknown.push({ pointer: '/scope/label', code: 'unknown_label' });
  return unknown;
}
