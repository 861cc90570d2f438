import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';

/** What the service says it did, read past all of its code. */
export interface Books {
  /** `rule key` */
  readonly incidents: readonly { rule: string; key: string; customer: string; state: string }[];
  readonly wallets: ReadonlyMap<string, readonly string[]>;
  readonly vouchers: ReadonlyMap<string, readonly string[]>;
  readonly refunds: ReadonlyMap<string, readonly string[]>;
  readonly quarantined: readonly { reason: string; payload: string }[];
}

export async function readBooks(pool: Pool): Promise<Books> {
  const incidents = await pool.query(
    `select rule_id as rule, key, customer_id as customer, state from incident where lane = 0`,
  );
  const wallets = await pool.query(
    `select substr(account, 8) as customer, currency, amount_minor::text as minor
     from ledger_entry where account like 'wallet:%'`,
  );
  const vouchers = await pool.query(
    `select customer_id as customer, currency, amount_minor::text as minor from voucher
     where voided_at is null`,
  );
  const refunds = await pool.query(
    `select customer_id as customer, currency, amount_minor::text as minor from compensation
     where kind = 'refund' and state = 'settled'`,
  );
  const quarantined = await pool.query(
    `select reason, encode(payload, 'escape') as payload from quarantine`,
  );
  return {
    incidents: incidents.rows,
    wallets: sums(wallets.rows),
    vouchers: sums(vouchers.rows),
    refunds: sums(refunds.rows),
    quarantined: quarantined.rows,
  };
}

/** What was told to Kafka: each event id with its type and whom it is about, and how often it came. */
export interface Told {
  readonly events: ReadonlyMap<string, { readonly type: string; readonly subject: string }>;
  readonly repeated: number;
}

const OWN_TOPICS = ['amends.incidents', 'amends.compensations', 'amends.messages'];

export async function readTold(kafka: Kafka): Promise<Told> {
  const admin = kafka.admin();
  await admin.connect();
  const wanted = new Map<string, bigint>();
  for (const topic of OWN_TOPICS) {
    for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
      if (high !== '0') wanted.set(`${topic}/${String(partition)}`, BigInt(high));
    }
  }
  await admin.disconnect();
  const events = new Map<string, { type: string; subject: string }>();
  let repeated = 0;
  if (wanted.size === 0) return { events, repeated };
  const consumer = kafka.consumer({ groupId: `oracle-${String(Date.now())}` });
  await consumer.connect();
  await consumer.subscribe({ topics: OWN_TOPICS, fromBeginning: true });
  await new Promise<void>((done, fail) => {
    const late = setTimeout(() => {
      fail(new Error('what was told could not be read in time'));
    }, 60_000);
    void consumer.run({
      eachBatch: async ({ batch, resolveOffset }) => {
        for (const { offset, value } of batch.messages) {
          const { id, type, subject } = JSON.parse(String(value)) as Record<string, string>;
          if (events.has(id!)) repeated += 1;
          events.set(id!, { type: type!, subject: subject! });
          resolveOffset(offset);
        }
        const place = `${batch.topic}/${String(batch.partition)}`;
        if (BigInt(batch.lastOffset()) + 1n >= (wanted.get(place) ?? 0n)) wanted.delete(place);
        if (wanted.size === 0) {
          clearTimeout(late);
          done();
        }
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return { events, repeated };
}

function sums(
  rows: readonly { customer: string; currency: string; minor: string }[],
): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { customer, currency, minor } of rows) {
    const list = found.get(customer) ?? [];
    found.set(customer, list);
    list.push(`${(Number(minor) / 100).toFixed(2)} ${currency}`);
  }
  return found;
}
