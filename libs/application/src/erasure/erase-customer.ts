import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { notFound, Refusal } from '../access/refusal';
import { waitForBatches } from '../detector/detect-lock';
import type { History } from '../history/history';
import type { Database, Sql } from '../queries/sql';
import { eraseMoney, payoutsUnderWay } from './erase-money';
import { eraseTexts } from './erase-texts';
import { erasedOf, hintOf } from './erased-customers';

export interface Erased {
  /** What stands where the customer's id stood. */
  readonly pseudonym: string;
  readonly erasedAt: Date;
  /** False: a payout that is on its way has to end first; the rest follows by itself. */
  readonly isDone: boolean;
}

interface Open {
  readonly pseudonym: string;
  readonly customer_id: string;
  readonly erased_by: string;
}

/**
 * Forgets a customer (ADR 10). Their file, key, messages, events and what people wrote about them go; sums, states and
 * times of money stay under a pseudonym. First they are marked, which no event or request passes any more; the rest
 * can be done again from the start, whatever it was stopped by.
 */
export class EraseCustomer {
  constructor(
    private readonly database: Database,
    private readonly history: History,
  ) {}

  /** @throws Refusal `not_found`; `erased`; `conflict` while money is on its way to them */
  async execute(customerId: string, reason: string | null, asked: Asked): Promise<Erased> {
    await this.requireKnown(customerId);
    const marked = await this.database.transaction((sql) => mark(sql, customerId, reason, asked));
    const isDone = await this.carryOut(marked.pseudonym, customerId, asked.actor.id);
    return { ...marked, isDone };
  }

  /** Goes on with what was stopped half-way; answers how many were done. */
  async resume(): Promise<number> {
    const { rows } = await this.database.query<Open>(
      `select pseudonym, customer_id, erased_by from customer_erasure
       where done_at is null and erased_at < now() - interval '1 minute' order by no limit 10`,
    );
    let count = 0;
    for (const { pseudonym, customer_id: id, erased_by: by } of rows) {
      if (await this.carryOut(pseudonym, id, by)) count += 1;
    }
    return count;
  }

  private async carryOut(pseudonym: string, customerId: string, by: string): Promise<boolean> {
    // What began before the mark may still write about them; what begins now knows it.
    await this.database.transaction(waitForBatches);
    const names = { customerId, pseudonym };
    if (!(await this.database.transaction((sql) => eraseMoney(sql, names, by)))) return false;
    await this.history.erase(this.database, customerId);
    await eraseTexts(this.database, names);
    await this.database.query(
      `update customer_erasure set customer_id = null, done_at = now() where pseudonym = $1`,
      [pseudonym],
    );
    return true;
  }

  private async requireKnown(customerId: string): Promise<void> {
    const { rows } = await this.database.query<{ known: boolean }>(
      `select exists (select 1 from customer where id = $1)
         or exists (select 1 from incident where customer_id = $1)
         or exists (select 1 from compensation where customer_id = $1)
         or exists (select 1 from message where customer_id = $1)
         or exists (select 1 from customer_key where customer_id = $1)
         or exists (select 1 from customer_erasure where hint = $2) as known`,
      [customerId, hintOf(customerId)],
    );
    if (rows[0]?.known === true) return;
    const events = await this.history.read(this.database, {
      customerIds: [customerId],
      order: 'desc',
      limit: 1,
    });
    if (events.length === 0) throw notFound();
  }
}

async function mark(sql: Sql, customerId: string, reason: string | null, asked: Asked) {
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
