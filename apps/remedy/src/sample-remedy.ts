import type { Sql } from '@amends/application';
import type { Metrics } from '@amends/platform';

interface Sample {
  queue: number;
  oldest: number;
  approvals: number;
  holds: number;
  unknown: number;
  outbox: number;
  untold: number;
  own: number;
  own_oldest: number;
}

/** Reads what can only be counted in the database into gauges. */
export async function sampleRemedy(sql: Sql, metrics: Metrics): Promise<void> {
  const { rows } = await sql.query<Sample>(
    `select (select count(*) from decision_queue)::float8 as queue,
       (select coalesce(extract(epoch from now() - min(created_at)), 0) from decision_queue)::float8
         as oldest,
       (select count(*) from approval where state = 'open')::float8 as approvals,
       (select count(*) from hold where state in ('activating', 'active'))::float8 as holds,
       (select count(*) from compensation where state = 'unknown')::float8 as unknown,
       o.size as outbox, o.oldest as untold, w.size as own, w.oldest as own_oldest
     from (select count(*)::float8 as size,
       coalesce(extract(epoch from now() - min(at)), 0)::float8 as oldest from outbox) o
     cross join (select count(*)::float8 as size,
       coalesce(extract(epoch from now() - min(at)), 0)::float8 as oldest from own_event) w`,
  );
  const [sample] = rows;
  if (!sample) return;
  metrics.decisionQueueSize.set(sample.queue);
  metrics.decisionOldestSeconds.set(sample.oldest);
  metrics.approvalsWaiting.set(sample.approvals);
  metrics.holdsActive.set(sample.holds);
  metrics.payoutsUnknown.set(sample.unknown);
  metrics.outboxSize.set(sample.outbox);
  metrics.outboxOldestSeconds.set(sample.untold);
  metrics.ownEventsSize.set(sample.own);
  metrics.ownEventsOldestSeconds.set(sample.own_oldest);
}

/** What could be paid by each provider now and waits, and what its books say otherwise. */
export async function samplePayouts(sql: Sql, metrics: Metrics): Promise<void> {
  const { rows } = await sql.query<{ provider: string; waiting: number }>(
    `select provider, count(*)::float8 as waiting from compensation
     where state in ('reserved', 'sending', 'unknown') and next_attempt_at <= now()
       and provider is not null group by provider`,
  );
  metrics.payoutsWaiting.reset();
  for (const { provider, waiting } of rows) metrics.payoutsWaiting.set({ provider }, waiting);
  const differences = await sql.query<{ provider: string; kind: string; n: number }>(
    `select provider, kind, count(*)::float8 as n from payout_difference
     where ended_at is null group by provider, kind`,
  );
  metrics.payoutDifferences.reset();
  for (const { provider, kind, n } of differences.rows) {
    metrics.payoutDifferences.set({ provider, kind }, n);
  }
  const reconciled = await sql.query<{ provider: string; age: number }>(
    `select provider, extract(epoch from now() - through)::float8 as age from payout_reconcile
     where through is not null`,
  );
  for (const { provider, age } of reconciled.rows) {
    metrics.payoutReconciledAgeSeconds.set({ provider }, age);
  }
}

/** Given voucher codes that are left, per currency; an empty pool shows 0 without one. */
export async function sampleVoucherCodes(sql: Sql, metrics: Metrics): Promise<void> {
  const { rows } = await sql.query<{ pool: string; currency: string; n: number }>(
    `select p.id as pool, coalesce(v.currency, '') as currency, count(v.code)::float8 as n
     from voucher_pool p left join voucher_code v on v.pool = p.id and v.taken_at is null
     group by 1, 2`,
  );
  metrics.voucherCodesLeft.reset();
  for (const { pool, currency, n } of rows) metrics.voucherCodesLeft.set({ pool, currency }, n);
}
