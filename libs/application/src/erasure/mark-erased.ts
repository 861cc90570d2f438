import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { Refusal } from '../access/refusal';
import type { Sql } from '../queries/sql';
import { payoutsUnderWay } from './erase-money';
import { erasedOf, hintOf } from './erased-customers';

export interface Mark {
  /** What stands where the customer's id stood. */
  readonly pseudonym: string;
  readonly erasedAt: Date;
}

/** Why somebody is erased, and by whose word. */
export interface Erasing {
  readonly reason: string | null;
  /** Where two people were needed: who wanted it, and what the second said yes to. */
  readonly approval?: { readonly id: string; readonly requestedBy: string };
}

/**
 * The first step of forgetting a customer: no event or request about them passes any more.
 *
 * @throws Refusal `erased`; `conflict` while money is on its way to them
 */
export async function markErased(
  sql: Sql,
  asked: Asked,
  customerId: string,
  { reason, approval }: Erasing,
): Promise<Mark> {
  // Whoever writes their file at this moment comes before, or finds them erased.
  await sql.query(
    'insert into customer (id, revision) values ($1, 0) on conflict (id) do nothing',
    [customerId],
  );
  await sql.query('select 1 from customer where id = $1 for update', [customerId]);
  if ((await erasedOf(sql, [customerId])).size > 0) throw new Refusal('erased');
  const underWay = await payoutsUnderWay(sql, customerId);
  if (underWay.length > 0) throw moneyOnItsWay(underWay);
  const { rows } = await sql.query<{ pseudonym: string; erased_at: Date }>(
    `insert into customer_erasure (pseudonym, hint, customer_id, erased_by)
     values (customer_pseudonym($1), $2, $1, $3) returning pseudonym, erased_at`,
    [customerId, hintOf(customerId), asked.actor.id],
  );
  const [row] = rows;
  if (row === undefined) throw new Error('nothing was marked');
  await sql.query('delete from customer where id = $1', [customerId]);
  await sql.query('delete from customer_key where customer_id = $1', [customerId]);
  // Every detector learns of it before it commits anything else.
  await sql.query('update rule_set set generation = generation + 1');
  await writeAudit(sql, asked, {
    action: 'customer.erase',
    object: `customer:${row.pseudonym}`,
    after: approval && { approval_id: approval.id, requested_by: approval.requestedBy },
    reason: reason ?? undefined,
  });
  return { pseudonym: row.pseudonym, erasedAt: row.erased_at };
}

function moneyOnItsWay(compensationIds: readonly string[]): Refusal {
  return new Refusal('conflict', {
    detail: 'Money is on its way to this customer: erase them once it is known what became of it.',
    extra: { reason: 'payout_under_way', compensation_ids: compensationIds },
  });
}
