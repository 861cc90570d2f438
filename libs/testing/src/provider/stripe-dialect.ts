import { createHmac } from 'node:crypto';
import type { Answer } from '../webhook/webhook-receiver';
import {
  CURRENCY_OF_PAYMENT,
  type Asked,
  type Dialect,
  type StandingRefund,
  type Told,
  type WireRequest,
} from './dialect';
import type { Refusal } from './provider-book';

export interface StripeDialectOptions {
  /** What callers must send as bearer token. */
  readonly secretKey: string;
  /** `whsec_…`: events are signed with it. */
  readonly webhookSecret: string;
}

/** As docs.stripe.com/error-codes has them; the last two are ours, for what Stripe has no code for. */
const ERRORS: Readonly<Record<Refusal, { status: number; code: string }>> = {
  payment_not_found: { status: 404, code: 'resource_missing' },
  charge_already_refunded: { status: 400, code: 'charge_already_refunded' },
  amount_too_large: { status: 400, code: 'amount_too_large' },
  currency_mismatch: { status: 400, code: 'parameter_invalid_integer' },
  charge_disputed: { status: 400, code: 'charge_disputed' },
  insufficient_balance: { status: 400, code: 'balance_insufficient' },
  too_many_refunds: { status: 400, code: 'refund_limit_exceeded' },
  refund_too_soon: { status: 400, code: 'lock_timeout' },
};

/** The parts of Stripe's REST interface that have to do with refunds. */
export class StripeDialect implements Dialect {
  constructor(private readonly options: StripeDialectOptions) {}

  read({ method, url, headers, body }: WireRequest): Asked {
    if (headers['authorization'] !== `Bearer ${this.options.secretKey}`) {
      return { kind: 'not-let-in' };
    }
    const [, version, resource, id] = url.pathname.split('/');
    if (version !== 'v1') return { kind: 'nonsense' };
    if (method === 'POST' && resource === 'refunds' && id === undefined) {
      return readRefund(headers['idempotency-key'], new URLSearchParams(body));
    }
    if (method !== 'GET') return { kind: 'nonsense' };
    if (resource === 'refunds') return id === undefined ? readList(url) : { kind: 'by-id', id };
    const isPayment = resource === 'payment_intents' || resource === 'charges';
    return isPayment && id !== undefined ? { kind: 'payment', payment: id } : { kind: 'nonsense' };
  }

  write(told: Told): Answer {
    switch (told.kind) {
      case 'refund':
        return { status: 200, body: describe(told) };
      case 'refused': {
        const { status, code } = ERRORS[told.refusal];
        return error(status, 'invalid_request_error', code);
      }
      case 'mismatch':
        return error(400, 'idempotency_error');
      case 'in-flight':
        return error(409, 'idempotency_error', 'idempotency_key_in_use');
      case 'not-found':
        return error(404, 'invalid_request_error', 'resource_missing');
      case 'list':
        return {
          status: 200,
          body: {
            object: 'list',
            url: '/v1/refunds',
            has_more: told.more,
            data: told.refunds.map(describe),
          },
        };
      case 'payment': {
        const { id, captured } = told.payment;
        const amount = Number(captured.minor);
        const currency = captured.currency.toLowerCase();
        const common = { id, currency, amount_refunded: Number(told.refunded) };
        return id.startsWith('pi_')
          ? { status: 200, body: { object: 'payment_intent', ...common, amount_received: amount } }
          : { status: 200, body: { object: 'charge', ...common, amount_captured: amount } };
      }
      case 'too-many-requests':
        return {
          ...error(429, 'invalid_request_error', 'rate_limit'),
          headers: { 'retry-after': String(told.retryAfterSeconds) },
        };
      case 'not-let-in':
        return error(401, 'invalid_request_error');
      case 'nonsense':
        return error(400, 'invalid_request_error');
      case 'error':
        return error(500, 'api_error');
    }
  }

  announce(standing: StandingRefund) {
    const { refund, status } = standing;
    const body = JSON.stringify({
      id: `evt_${refund.id}_${status}`,
      object: 'event',
      type: status === 'failed' ? 'refund.failed' : 'refund.updated',
      data: { object: describe(standing) },
    });
    const seconds = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', this.options.webhookSecret)
      .update(`${seconds}.${body}`)
      .digest('hex');
    return { body, headers: { 'stripe-signature': `t=${seconds},v1=${signature}` } };
  }
}

function readRefund(key: string | undefined, form: URLSearchParams): Asked {
  const payment = form.get('payment_intent') ?? form.get('charge');
  const reference = form.get('metadata[amends_key]');
  const amount = form.get('amount') ?? '';
  if (key === undefined || payment === null || reference === null) return { kind: 'nonsense' };
  if (!/^\d+$/.test(amount)) return { kind: 'nonsense' };
  const money = { minor: BigInt(amount), currency: CURRENCY_OF_PAYMENT };
  return { kind: 'refund', key, reference, payment, money };
}

function readList({ searchParams }: URL): Asked {
  const seconds = (name: string, otherwise: number) => {
    const text = searchParams.get(name);
    return text === null ? otherwise : Number(text) * 1000;
  };
  return {
    kind: 'list',
    payment: searchParams.get('payment_intent') ?? searchParams.get('charge'),
    fromMs: seconds('created[gte]', 0),
    toMs: seconds('created[lt]', Number.MAX_SAFE_INTEGER),
    after: searchParams.get('starting_after'),
    limit: Number(searchParams.get('limit') ?? 10),
  };
}

function describe({ refund, status }: StandingRefund) {
  const { id, payment, money, key, createdAtMs } = refund;
  return {
    id,
    object: 'refund',
    amount: Number(money.minor),
    currency: money.currency.toLowerCase(),
    created: Math.floor(createdAtMs / 1000),
    charge: payment.startsWith('pi_') ? null : payment,
    payment_intent: payment.startsWith('pi_') ? payment : null,
    metadata: { amends_key: key },
    status,
    failure_reason: status === 'failed' ? 'expired_or_canceled_card' : undefined,
  };
}

function error(status: number, type: string, code?: string): Answer {
  const message = code ?? type;
  return { status, body: { error: { type, message, ...(code !== undefined && { code }) } } };
}
