import {
  PayoutProvider,
  type CompensationKind,
  type PayoutAnswer,
  type PayoutAttempt,
  type PayoutInquiry,
} from '@amends/application';
import { moneyToJson } from '@amends/domain';
import { Webhook } from 'standardwebhooks';
import { readAnswer, readInquiry } from './read-answer';
import { request, type HttpAnswer } from './http-request';

export interface WebhookProviderOptions {
  /** Checked by `parseWebhookAddress`. */
  readonly url: URL;
  /** Where it can be asked for a payout, as `?reference=<key>`; absent: it cannot. */
  readonly queryUrl?: URL;
  /** `whsec_` and base 64, as Standard Webhooks has it. */
  readonly secret: string;
  /** For how long the service knows a key. */
  readonly keyWindowMs?: number;
  readonly timeoutMs?: number;
  /** Least time between two refunds of one payment. */
  readonly spacingMs?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TIMEOUT_MS = 15_000;

/**
 * Refunds and replacements through the company's own service: a signed webhook (Standard Webhooks).
 * The service must take `webhook-id` as idempotency key and answer a repeat like the first time.
 *
 * 2xx: accepted, with `{"reference", "status": "succeeded" | "pending" | "failed", "arrives"}` if it
 * has more to say. 4xx: refused, nothing has moved. 408, 409, 425, 429, 5xx, no answer: unknown.
 */
export class WebhookProvider extends PayoutProvider {
  readonly name = 'webhook';
  readonly kinds: readonly CompensationKind[] = ['refund', 'replacement'];
  readonly replayKind = 'first-body';
  readonly maxPartialRefunds = 50;
  readonly keyWindowMs: number;
  readonly canQuery: boolean;
  readonly spacingMs: number;
  readonly timeoutMs: number;
  private readonly signer: Webhook;

  constructor(private readonly options: WebhookProviderOptions) {
    super();
    this.keyWindowMs = options.keyWindowMs ?? DAY_MS;
    this.canQuery = options.queryUrl !== undefined;
    this.spacingMs = options.spacingMs ?? 0;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.signer = new Webhook(options.secret);
  }

  async send(attempt: PayoutAttempt): Promise<PayoutAnswer> {
    const body = JSON.stringify(payload(attempt));
    const answer = await this.request(
      'POST',
      this.options.url,
      attempt.key,
      body,
      attempt.traceparent,
    );
    return readAnswer(answer, attempt.isResend);
  }

  async query(key: string): Promise<PayoutInquiry> {
    const { queryUrl } = this.options;
    if (queryUrl === undefined) return { kind: 'unknown', reason: 'it cannot be asked' };
    const url = new URL(queryUrl);
    url.searchParams.set('reference', key);
    return readInquiry(await this.request('GET', url, key, ''));
  }

  private request(
    method: 'GET' | 'POST',
    url: URL,
    key: string,
    body: string,
    traceparent: string | null = null,
  ): Promise<HttpAnswer> {
    const now = new Date();
    return request(url, {
      method,
      body,
      timeoutMs: this.timeoutMs,
      headers: {
        ...(method === 'POST' && { 'content-type': 'application/json' }),
        accept: 'application/json',
        'user-agent': 'amends',
        'webhook-id': key,
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': this.signer.sign(key, now, body),
        'idempotency-key': key,
        ...(traceparent !== null && { traceparent }),
      },
    });
  }
}

function payload(attempt: PayoutAttempt) {
  const { key, kind, money, compensationId, incidentId, customerId, payment, orderId } = attempt;
  return {
    type: kind === 'refund' ? 'refund.requested' : 'replacement.requested',
    data: {
      reference: key,
      compensation_id: compensationId,
      incident_id: incidentId,
      customer_id: customerId,
      payment,
      order_id: orderId,
      amount: moneyToJson(money),
    },
  };
}
