import { decisionShard, derivedId, incidentNaturalKey } from '@amends/application';
import type { Pool } from 'pg';
import { PERSONALITIES, type Outside } from './providers';

/** Rules that differ in currency, and so in the decimals it has. */
const RULES = [
  { id: 'late-eur', amount: '7.00 EUR', minor: 700n, currency: 'EUR' },
  { id: 'late-jpy', amount: '700 JPY', minor: 700n, currency: 'JPY' },
  { id: 'late-kwd', amount: '7.000 KWD', minor: 7000n, currency: 'KWD' },
] as const;
const AT = '2026-03-01T00:00:00Z';
const PAGE = 1000;

export async function writeRules(pool: Pool): Promise<void> {
  for (const { id, amount } of RULES) {
    const document = {
      kind: 'Rule',
      id,
      title: 'Late',
      detect: { type: 'event', event: 'delivery.late', by: 'data.order_id' },
      pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: amount } },
    };
    await pool.query('insert into rule (id, latest_version) values ($1, 1)', [id]);
    await pool.query(
      `insert into rule_version (rule_id, version, document, document_hash, title, labels, author)
       values ($1, 1, $2, 'hash', 'Late', '{}', 'campaign')`,
      [id, JSON.stringify(document)],
    );
    await pool.query(
      'insert into rule_rollout (rule_id, live_version, live_percent) values ($1, 1, 100)',
      [id],
    );
    await pool.query('insert into rule_run (rule_id, lane, version) values ($1, 0, 1)', [id]);
  }
  await pool.query('update rule_set set generation = generation + 1');
}

interface Late {
  readonly rule: string;
  readonly customer: string;
  readonly payment: string;
  readonly brand: string;
}

/**
 * Incidents that are each owed a refund, as the detector leaves them. Every fifth payment is refunded
 * twice; some have captured too little, or in another currency, are disputed, or nobody made them.
 */
export async function writeOrders(
  pool: Pool,
  { providers }: Outside,
  number: number,
  random: () => number,
): Promise<void> {
  const orders: Late[] = [];
  while (orders.length < number) {
    const payment = `pay-${String(orders.length)}`;
    const brand = PERSONALITIES[orders.length % PERSONALITIES.length] ?? 'first-body';
    const rule = RULES[Math.floor(random() * RULES.length)] ?? RULES[0];
    const isTwice = random() < 0.2 && orders.length + 1 < number;
    const luck = random();
    const book = providers.get(brand)?.book;
    const captured = { minor: rule.minor * 3n, currency: rule.currency };
    if (luck < 0.005) book?.capture(payment, { ...captured, minor: rule.minor - 1n });
    else if (luck < 0.01) book?.capture(payment, captured, { isDisputed: true });
    else if (luck < 0.013) book?.capture(payment, { ...captured, currency: 'USD' });
    else if (luck >= 0.016) book?.capture(payment, captured);
    for (let refund = 0; refund < (isTwice ? 2 : 1); refund += 1) {
      orders.push({ rule: rule.id, customer: `c-${String(orders.length)}`, payment, brand });
    }
  }
  for (let start = 0; start < orders.length; start += PAGE) {
    await writePage(pool, orders.slice(start, start + PAGE));
  }
}

async function writePage(pool: Pool, orders: readonly Late[]): Promise<void> {
  const rows = orders.map(({ rule, customer, payment, brand }) => {
    const key = JSON.stringify(customer);
    const natural = { ruleId: rule, lane: 'live', key, occurrence: '' } as const;
    const data = { order_id: customer, payment_id: payment, brand };
    return {
      id: derivedId('inc', Date.parse(AT), incidentNaturalKey(natural)),
      rule,
      key,
      customer,
      event: JSON.stringify({ type: 'delivery.late', time: AT, data }),
      shard: decisionShard(customer),
    };
  });
  const column = <K extends keyof (typeof rows)[number]>(name: K) => rows.map((row) => row[name]);
  await pool.query(
    `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
       state, event_time, detected_at, closed_at, event, vars, facts, evidence)
     select id, rule, 1, 0, 'data.order_id', key, '', customer, 'paying', $6, $6, $6, event::json,
       '{}', '{}', '[]'
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
       as o(id, rule, key, customer, event)`,
    [column('id'), column('rule'), column('key'), column('customer'), column('event'), AT],
  );
  await pool.query(
    `insert into decision_queue (incident_id, kind, unit, at, clock, shard, customer_id)
     select id, 'decide', 0, $4, $4, shard, customer
     from unnest($1::text[], $2::int[], $3::text[]) as o(id, shard, customer)`,
    [column('id'), column('shard'), column('customer'), AT],
  );
}
