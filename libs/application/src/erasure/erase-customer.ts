import type { Asked } from '../access/actor';
import { notFound } from '../access/refusal';
import { waitForBatches } from '../detector/detect-lock';
import type { History } from '../history/history';
import type { Database } from '../queries/sql';
import { readSettings } from '../settings/read-settings';
import { askToErase } from './ask-to-erase';
import { eraseMoney } from './erase-money';
import { eraseTexts } from './erase-texts';
import { hintOf } from './erased-customers';
import { markErased, type Mark } from './mark-erased';

export interface Erased extends Mark {
  /** False: a payout that is on its way has to end first; the rest follows by itself. */
  readonly isDone: boolean;
}

/** Another person has to say yes first. */
export interface ErasureAsked {
  readonly approvalId: string;
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
  async execute(
    customerId: string,
    reason: string | null,
    asked: Asked,
  ): Promise<Erased | ErasureAsked> {
    await this.requireKnown(customerId);
    const begun = await this.database.transaction(async (sql) => {
      const { settings } = await readSettings(sql);
      return settings.four_eyes.erasures
        ? { approvalId: await askToErase(sql, asked, customerId, reason) }
        : markErased(sql, asked, customerId, { reason });
    });
    if ('approvalId' in begun) return begun;
    const isDone = await this.carryOut(begun.pseudonym, customerId, asked.actor.id);
    return { ...begun, isDone };
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

  /** What follows the mark; false while a payout is on its way. It can be done again from the start. */
  async carryOut(pseudonym: string, customerId: string, by: string): Promise<boolean> {
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
