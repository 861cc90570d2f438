import type { PayoutAnswer } from '@amends/application';
import Stripe from 'stripe';

type Accepted = Extract<PayoutAnswer, { kind: 'accepted' }>;
type Rejected = Extract<PayoutAnswer, { kind: 'rejected' }>;

/** Codes after which a refund of ours may be there already: it is looked for. */
const MAYBE_OURS: readonly string[] = ['charge_already_refunded', 'amount_too_large'];
/** Nothing is wrong with the refund: once there is a balance, it can be paid. */
const NO_BALANCE: readonly string[] = ['balance_insufficient', 'insufficient_funds'];
/** Two requests for one object met: nothing was done, and nothing was kept under the key. */
const NOT_NOW: readonly string[] = ['lock_timeout', 'idempotency_key_in_use', 'rate_limit'];

/**
 * How a refund stands. `pending` has irrevocably been accepted and may still fail, days later
 * (docs.stripe.com/refunds, Failed refunds).
 */
export function readRefund(refund: Stripe.Refund): Accepted | Rejected {
  switch (refund.status) {
    case 'failed':
    case 'canceled': {
      const code = refund.failure_reason ?? `refund_${refund.status}`;
      return { kind: 'rejected', code, proof: refund.id };
    }
    default:
      return {
        kind: 'accepted',
        providerRef: refund.id,
        arrives: null,
        isPending: refund.status !== 'succeeded',
      };
  }
}

/**
 * What an error proves. A refusal proves that nothing has moved under this key if it is the first
 * answer to it, or the first answer again (`Idempotent-Replayed`). Whatever has no code of its own is
 * not known.
 */
export function readError(error: unknown, isResend: boolean): PayoutAnswer {
  if (!(error instanceof Stripe.errors.StripeError)) {
    return { kind: 'unknown', reason: 'no answer' };
  }
  const status = error.statusCode ?? 0;
  const code = error.code ?? error.type;
  const reason = `HTTP ${String(status)} ${code}`;
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 429;
  const isAboutKey = error instanceof Stripe.errors.StripeIdempotencyError;
  if (!isRefusal || isAboutKey || NOT_NOW.includes(code)) {
    const retryAfterMs = readRetryAfterMs(error);
    return { kind: 'unknown', reason, ...(retryAfterMs !== undefined && { retryAfterMs }) };
  }
  const isFirstAnswer = !isResend || error.headers?.['idempotent-replayed'] === 'true';
  if (!isFirstAnswer) return { kind: 'unknown', reason: `${reason} to a repeat` };
  // A key that is not let in will be, once it is mended; so will an account without balance.
  const isAccount = status === 401 || status === 403 || NO_BALANCE.includes(code);
  return { kind: 'rejected', code, proof: reason, ...(isAccount && { passes: 'account' }) };
}

/** Whether a refund of ours, whose answer was lost, may be what it speaks of. */
export function isMaybeOurs(error: unknown): boolean {
  const isTold = error instanceof Stripe.errors.StripeError && error.code !== undefined;
  return isTold && MAYBE_OURS.includes(error.code);
}

function readRetryAfterMs({ headers }: Stripe.errors.StripeError): number | undefined {
  const text = headers?.['retry-after'];
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) * 1000 : undefined;
}
