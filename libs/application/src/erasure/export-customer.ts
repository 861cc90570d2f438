import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { notFound } from '../access/refusal';
import { revealPersonal } from '../audit/personal-part';
import { readCustomer } from '../customers/customer-file';
import type { History, HistoryPlace } from '../history/history';
import type { Database, Sql } from '../queries/sql';
import { requireNotErased } from './erased-customers';

/** All that is kept about a customer. */
export type CustomerExport = Readonly<Record<string, unknown>>;

const EVENTS_PER_PAGE = 500;

/** What is kept about a customer, whole, for the customer to have (GDPR, articles 15 and 20). */
export class ExportCustomer {
  constructor(
    private readonly database: Database,
    private readonly history: History,
  ) {}

  /** @throws Refusal `not_found`; `erased` */
  async execute(customerId: string, asked: Asked): Promise<CustomerExport> {
    const { database } = this;
    await requireNotErased(database, customerId);
    const file = await readCustomer(database, customerId);
    const rows = await readRows(database, customerId);
    const events = await this.readEvents(customerId);
    const isKnown = Object.values(rows).some(({ length }) => length > 0) || events.length > 0;
    if (file === undefined && !isKnown) throw notFound();
    const audit = await readAudit(database, customerId);
    await writeAudit(database, asked, {
      action: 'customer.export',
      object: `customer:${customerId}`,
      customerId,
    });
    return { customer_id: customerId, file: file ?? null, ...rows, events, audit };
  }

  private async readEvents(customerId: string): Promise<unknown[]> {
    const events: unknown[] = [];
    for (let after: HistoryPlace | undefined, isMore = true; isMore;) {
      const page = await this.history.read(this.database, {
        customerIds: [customerId],
        order: 'asc',
        limit: EVENTS_PER_PAGE,
        after,
      });
      events.push(...page.map(({ body }) => JSON.parse(body) as unknown));
      after = page.at(-1);
      isMore = page.length === EVENTS_PER_PAGE;
    }
    return events;
  }
}

const QUERIES: Readonly<Record<string, string>> = {
  incidents: `select id, rule_id, rule_version, lane, key_path, key, state, event_time, detected_at,
      closed_at, refuted_at, event, facts, evidence, why, amount_minor, currency
    from incident where customer_id = $1 order by detected_at, id`,
  compensations: `select id, incident_id, kind, amount_minor, currency, state, payment, order_id, reason,
      provider, provider_ref, arrives, voucher_code, failure, created_at, settled_at
    from compensation where customer_id = $1 order by created_at, id`,
  approvals: `select a.id, a.compensation_id, a.kind, a.state, a.reason, a.change,
      a.note, a.requested_at, a.decided_at
    from approval a left join compensation c on c.id = a.compensation_id
      left join incident i on i.id = a.incident_id
    where c.customer_id = $1 or i.customer_id = $1 or a.about = 'customer:' || $1::text
    order by a.requested_at, a.id`,
  vouchers: `select code, compensation_id, amount_minor, currency, issued_at, expires_at, voided_at
    from voucher where customer_id = $1 order by issued_at, code`,
  wallet: `select balance_minor, currency from wallet_balance where customer_id = $1 order by currency`,
  postings: `select e.tx_id, t.posted_at, t.kind, e.amount_minor, e.currency, t.compensation_id
    from ledger_entry e join ledger_tx t on t.id = e.tx_id
    where e.account = 'wallet:' || $1::text order by e.id`,
  messages: `select id, compensation_id, incident_id, channel, locale, state, subject, text, html,
      attempts, created_at, sent_at
    from message where customer_id = $1 order by created_at, id`,
  quarantine: `select id, reason, event_source, event_id, event_type, convert_from(payload, 'UTF8') as payload,
      state, created_at
    from quarantine where customer_id = $1 order by created_at, id`,
};

async function readRows(sql: Sql, customerId: string): Promise<Record<string, unknown[]>> {
  const all: Record<string, unknown[]> = {};
  for (const [name, text] of Object.entries(QUERIES)) {
    all[name] = (await sql.query(text, [customerId])).rows.map(withTexts);
  }
  return all;
}

/** Sums in minor units are texts: JSON has no such numbers. */
function withTexts(row: object): object {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      typeof value === 'bigint' ? value.toString() : (value as unknown),
    ]),
  );
}

interface AuditRow {
  readonly at: Date;
  readonly actor_kind: string;
  readonly actor_id: string;
  readonly action: string;
  readonly object: string;
  readonly pseudonym: string | null;
  readonly personal: Buffer | null;
}

async function readAudit(sql: Sql, customerId: string): Promise<unknown[]> {
  const { rows } = await sql.query<AuditRow>(
    `select at, actor_kind, actor_id, action, object, before, after, reason, pseudonym, personal
     from audit where pseudonym = customer_pseudonym($1) order by seq`,
    [customerId],
  );
  const revealed = await revealPersonal(sql, rows);
  return revealed.map(({ pseudonym: _pseudonym, personal: _personal, ...said }) => said);
}
