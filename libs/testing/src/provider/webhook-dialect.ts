import { moneyToJson, readMoney, roundMoney } from '@amends/domain';
import { Webhook } from 'standardwebhooks';
import type { Answer } from '../webhook/webhook-receiver';
import type { Asked, Dialect, StandingRefund, Told, WireRequest } from './dialect';
import type { Personality } from './personality';

/**
 * Our own signed webhook (docs/operating.md, Payout providers): what the company's refund service
 * speaks, whatever provider stands behind it.
 */
export class WebhookDialect implements Dialect {
  private readonly signer: Webhook;

  constructor(
    secret: string,
    private readonly personality: Personality,
  ) {
    this.signer = new Webhook(secret);
  }

  read(request: WireRequest): Asked {
    if (!this.isSigned(request)) return { kind: 'not-let-in' };
    const { searchParams } = request.url;
    if (request.method === 'POST') return readRefund(request);
    const reference = searchParams.get('reference');
    if (reference !== null) return { kind: 'by-reference', reference };
    const payment = searchParams.get('payment');
    if (payment !== null) return { kind: 'payment', payment };
    const from = searchParams.get('from');
    if (from === null) return { kind: 'nonsense' };
    return {
      kind: 'list',
      payment: null,
      fromMs: Date.parse(from),
      toMs: Date.parse(searchParams.get('to') ?? ''),
      after: searchParams.get('after'),
      limit: 100,
    };
  }

  write(told: Told): Answer {
    switch (told.kind) {
      case 'refund': {
        const body = { ...describe(told), ...(!told.changed && this.unchanged()) };
        return { status: told.status === 'pending' ? 202 : 200, body };
      }
      case 'refused':
        return { status: 422, body: { status: 'failed', code: told.refusal } };
      case 'mismatch':
        return { status: 400, body: { code: 'idempotency_mismatch' } };
      case 'in-flight':
        return { status: 409, body: { code: 'in_flight' } };
      case 'not-found':
        return { status: 404, body: { status: 'not_found' } };
      case 'list': {
        const last = told.refunds.at(-1);
        return {
          status: 200,
          body: {
            refunds: told.refunds.map(describe),
            next: told.more ? (last?.refund.id ?? null) : null,
          },
        };
      }
      case 'payment':
        return { status: 200, body: { captured: moneyToJson(told.payment.captured) } };
      case 'too-many-requests': {
        const headers = { 'retry-after': String(told.retryAfterSeconds) };
        return { status: 429, headers, body: {} };
      }
      case 'not-let-in':
        return { status: 401, body: {} };
      case 'nonsense':
        return { status: 400, body: { code: 'not_understood' } };
      case 'error':
        return { status: 500, body: {} };
    }
  }

  announce(standing: StandingRefund) {
    const body = JSON.stringify({ type: 'refund.updated', data: describe(standing) });
    const id = `evt_${standing.refund.id}_${standing.status}`;
    const at = new Date();
    return {
      body,
      headers: {
        'webhook-id': id,
        'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
        'webhook-signature': this.signer.sign(id, at, body),
      },
    };
  }

  private unchanged() {
    return this.personality === 'no-change' ? { changed: false } : {};
  }

  private isSigned({ method, body, headers }: WireRequest): boolean {
    // standardwebhooks refuses to look at an empty body, so the signature of a GET is made anew.
    if (method === 'GET') {
      const at = new Date(Number(headers['webhook-timestamp']) * 1000);
      const expected = this.signer.sign(headers['webhook-id'] ?? '', at, body);
      return headers['webhook-signature'] === expected;
    }
    try {
      this.signer.verify(body, headers);
      return true;
    } catch {
      return false;
    }
  }
}

function readRefund({ body, headers }: WireRequest): Asked {
  const key = headers['webhook-id'];
  const { data } = JSON.parse(body) as { data: Readonly<Record<string, unknown>> };
  const money = readMoney(data['amount']);
  const payment = data['payment'] ?? data['order_id'];
  if (key === undefined || !money || typeof payment !== 'string') return { kind: 'nonsense' };
  return { kind: 'refund', key, reference: key, payment, money: roundMoney(money) };
}

function describe({ refund, status }: StandingRefund) {
  return {
    reference: refund.id,
    key: refund.key,
    status,
    amount: moneyToJson(refund.money),
    payment: refund.payment,
    created_at: new Date(refund.createdAtMs).toISOString(),
    ...(status === 'failed' && { code: 'refund_failed' }),
  };
}
