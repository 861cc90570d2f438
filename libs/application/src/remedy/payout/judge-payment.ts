import { formatMoney } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import type { Compensation } from '../model/compensation';
import type { CapturedPayment, PayoutProvider } from './payout-provider';

/** The provider counts from when a request arrives, and not each takes as long. */
const SPACING_MARGIN_MS = 1000;

/** What the payment says to another refund of it. */
export type PaymentVerdict =
  | { readonly kind: 'free' }
  /** Another went there just now. */
  | { readonly kind: 'wait'; readonly waitMs: number }
  | { readonly kind: 'refused'; readonly reason: string }
  /** Nobody has asked yet what was captured. */
  | { readonly kind: 'read'; readonly payment: string };

/**
 * Looks at what went to the same payment, by whichever provider and brand: never more than was
 * captured, in its currency, and not more often or closer together than the provider takes. Payouts
 * to one payment take turns here until the caller's transaction ends, or two would both see no other.
 */
export async function judgePayment(
  sql: Sql,
  provider: PayoutProvider,
  { id, kind, payment, money }: Compensation,
): Promise<PaymentVerdict> {
  if (payment === null) return { kind: 'free' };
  const { maxPartialRefunds, spacingMs, canReadPayments } = provider.capabilities;
  await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`payment:${payment}`]);
  const { rows } = await sql.query<{ count: number; since_ms: number | null; refunded: bigint }>(
    `select count(*) filter (where a.state <> 'failed')::int as count,
       (extract(epoch from clock_timestamp() - max(a.last_sent_at)) * 1000)::float8 as since_ms,
       coalesce(sum(a.amount_minor) filter (where a.state <> 'failed' and c.kind = 'refund'), 0)::bigint
         as refunded
     from compensation c join payment_attempt a on a.compensation_id = c.id
     where c.payment = $1 and c.id <> $2`,
    [payment, id],
  );
  const { count = 0, since_ms: sinceMs = null, refunded = 0n } = rows[0] ?? {};
  if (kind === 'refund') {
    const captured = await readCapture(sql, provider.name, payment);
    if (captured === undefined && canReadPayments) return { kind: 'read', payment };
    if (captured !== undefined && captured.currency !== money.currency) {
      return { kind: 'refused', reason: `currency_mismatch: captured in ${captured.currency}` };
    }
    if (captured !== undefined && refunded + money.minor > captured.minor) {
      const left = { ...captured, minor: captured.minor - refunded };
      return { kind: 'refused', reason: `over_captured: ${formatMoney(left)} are left to refund` };
    }
  }
  if (count >= maxPartialRefunds) {
    return { kind: 'refused', reason: 'too_many_refunds: the provider takes no more' };
  }
  const apartMs = spacingMs === 0 ? 0 : spacingMs + SPACING_MARGIN_MS;
  const waitMs = sinceMs === null ? 0 : apartMs - sinceMs;
  return waitMs > 0 ? { kind: 'wait', waitMs } : { kind: 'free' };
}

/** Keeps what a provider says was captured; it does not change. */
export async function writeCapture(
  sql: Sql,
  provider: string,
  payment: string,
  { money }: Extract<CapturedPayment, { kind: 'captured' }>,
): Promise<void> {
  await sql.query(
    `insert into payment_capture (provider, payment, amount_minor, currency)
     values ($1, $2, $3, $4) on conflict do nothing`,
    [provider, payment, money.minor, money.currency],
  );
}

async function readCapture(sql: Sql, provider: string, payment: string) {
  const { rows } = await sql.query<{ minor: bigint; currency: string }>(
    `select amount_minor as minor, currency from payment_capture
     where provider = $1 and payment = $2`,
    [provider, payment],
  );
  return rows[0];
}
