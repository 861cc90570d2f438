import type { Sql } from '../queries/sql';
import { Budgets } from '../remedy/budgets/budgets';
import { closeGate } from '../remedy/holds/hold-gate';
import { withdraw } from '../remedy/money/withdraw';
import { askedAuthor } from '../remedy/store/audit-rows';
import { lockCompensation } from '../remedy/store/compensation-rows';

export interface Names {
  readonly customerId: string;
  readonly pseudonym: string;
}

const OPEN = ['proposed', 'awaiting_approval', 'held'];
const UNDER_WAY = ['reserved', 'sending', 'unknown'];

/** Compensations of which it is not known yet whether their money has moved. */
export async function payoutsUnderWay(sql: Sql, customerId: string): Promise<string[]> {
  return idsIn(sql, customerId, UNDER_WAY);
}

/**
 * Gives what is about money the pseudonym, and takes out of it what is not: nobody is asked about it any more, and what
 * was not paid yet is withdrawn. False, and nothing changed: a payout is on its way.
 */
export async function eraseMoney(sql: Sql, names: Names, by: string): Promise<boolean> {
  const { customerId, pseudonym } = names;
  // No decision, payout or message passes meanwhile.
  await closeGate(sql);
  await sql.query('select 1 from incident where customer_id = $1 order by id for update', [
    customerId,
  ]);
  if ((await payoutsUnderWay(sql, customerId)).length > 0) return false;
  await withdrawOpen(sql, customerId, by);
  for (const text of STATEMENTS) await sql.query(text, [customerId, pseudonym]);
  return true;
}

async function withdrawOpen(sql: Sql, customerId: string, by: string): Promise<void> {
  const author = askedAuthor({ actor: { kind: 'system', id: by, role: 'admin' }, requestId: '' });
  for (const id of await idsIn(sql, customerId, OPEN)) {
    const compensation = await lockCompensation(sql, id);
    if (compensation === undefined) continue;
    const budgets = await Budgets.lockOwn(sql, compensation);
    const reason = 'the customer was erased';
    await withdraw(sql, budgets, compensation, { to: 'withdrawn', author, reason });
    await budgets.write(sql);
  }
}

async function idsIn(sql: Sql, customerId: string, states: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    'select id from compensation where customer_id = $1 and state = any($2) order by id',
    [customerId, states],
  );
  return rows.map(({ id }) => id);
}

const OF_CUSTOMER = `(select id from compensation where customer_id = $1)`;

/** $1: the customer, $2: the pseudonym. What refers to compensations comes before they change names. */
const STATEMENTS: readonly string[] = [
  // Again: what began before the mark may have made one.
  `delete from customer_key where customer_id = $1 and $2 <> ''`,
  `delete from decision_queue where customer_id = $1 and $2 <> ''`,
  `update approval set note = null, change = case when change is not null then '{}'::jsonb end,
     state = case when state = 'open' then 'void' else state end
   where (compensation_id in ${OF_CUSTOMER}
     or incident_id in (select id from incident where customer_id = $1)) and $2 <> ''`,
  `update approval set about = 'customer:' || $2::text, change = '{}', note = null, content_hash = 'erased',
     state = case when state = 'open' then 'void' else state end
   where about = 'customer:' || $1::text`,
  `update payment_attempt set last_error = null,
     failure_proof = case when failure_proof is not null then 'erased' end
   where compensation_id in ${OF_CUSTOMER} and $2 <> ''`,
  `update message set customer_id = $2, subject = null, text = null, html = null, attempts = '[]',
     held_by = null, revision = revision + 1,
     state = case when state in ('queued', 'held') then 'failed' else state end
   where customer_id = $1`,
  'update voucher set customer_id = $2 where customer_id = $1',
  'update wallet_balance set customer_id = $2 where customer_id = $1',
  'select erase_from_ledger($1, $2)',
  `update compensation set customer_id = $2, reason = null,
     failure = case when failure is not null then 'erased' end, revision = revision + 1, updated_at = now()
   where customer_id = $1`,
  `update incident set customer_id = $2, key = '"erased:' || id || '"', occurrence = '',
     event = '{}', vars = '{}', facts = '{}', evidence = '[]', why = '[{"erased": true}]',
     state = case when state in ('review', 'held', 'paying') then 'dismissed' else state end,
     closed_at = coalesce(closed_at, now()), revision = revision + 1, updated_at = now()
   where customer_id = $1`,
  `update hold set scope = jsonb_set(scope, '{customer}', to_jsonb($2::text)), reason = 'erased',
     release_note = null, revision = revision + 1
   where scope ->> 'customer' = $1`,
];
