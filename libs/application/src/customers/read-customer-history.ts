import type { Sql } from '../queries/sql';

export interface PaidRow {
  readonly currency: string;
  readonly minor: bigint;
}

export interface CustomerCompensationRow {
  readonly id: string;
  readonly incident_id: string | null;
  readonly kind: string;
  readonly amount_minor: bigint;
  readonly currency: string;
  readonly state: string;
  readonly created_at: Date;
}

export interface CustomerMessageRow {
  readonly id: string;
  readonly compensation_id: string | null;
  readonly channel: string;
  readonly state: string;
  readonly subject: string | null;
  readonly created_at: Date;
}

/** What was paid and said to a customer. */
export interface CustomerHistory {
  readonly paid: readonly PaidRow[];
  readonly compensations: readonly CustomerCompensationRow[];
  readonly messages: readonly CustomerMessageRow[];
  readonly hasIncidents: boolean;
}

const SHOWN_MAX = 20;

export async function readCustomerHistory(sql: Sql, id: string): Promise<CustomerHistory> {
  const [paid, compensations, messages, incidents] = [
    await sql.query<PaidRow>(
      `select currency, sum(amount_minor)::bigint as minor from compensation
       where customer_id = $1 and state = 'settled' group by currency order by currency`,
      [id],
    ),
    await sql.query<CustomerCompensationRow>(
      `select id, incident_id, kind, amount_minor, currency, state, created_at from compensation
       where customer_id = $1 order by created_at desc, id desc limit ${String(SHOWN_MAX)}`,
      [id],
    ),
    await sql.query<CustomerMessageRow>(
      `select id, compensation_id, channel, state, subject, created_at from message
       where customer_id = $1 order by created_at desc, id desc limit ${String(SHOWN_MAX)}`,
      [id],
    ),
    await sql.query('select 1 from incident where customer_id = $1 limit 1', [id]),
  ];
  return {
    paid: paid.rows,
    compensations: compensations.rows,
    messages: messages.rows,
    hasIncidents: incidents.rows.length > 0,
  };
}
