import {
  PayoutProvider,
  type CapturedPayment,
  type CompensationKind,
  type HookVerdict,
  type ListedPayout,
  type PayoutAnswer,
  type PayoutAttempt,
  type PayoutCapabilities,
  type PayoutInquiry,
  type PayoutReference,
  type RawHook,
} from '@amends/application';
import { moneyToJson } from '@amends/domain';
import { Webhook } from 'standardwebhooks';
import { isUnchanged, readAnswer, readCaptured, readInquiry } from './read-answer';
import { readList, type ListedPage } from './read-list';
import { request, type HttpAnswer } from './http-request';

export interface WebhookProviderOptions {
  /** `webhook` unless given. */
  readonly name?: string;
  readonly kinds?: readonly CompensationKind[];
  readonly brands?: readonly string[] | null;
  /** Checked by `parseWebhookAddress`. */
  readonly url: URL;
  /** Where it can be asked for a payout, as `?reference=<key>`; absent: it cannot. */
  readonly queryUrl?: URL;
  /** Where it can be asked what a payment captured, as `?payment=<id>`; absent: it cannot. */
  readonly paymentUrl?: URL;
  /** Where it lists what it paid, as `?from=<time>&to=<time>&after=<reference>`; absent: it does not. */
  readonly listUrl?: URL;
  /** `whsec_` and base 64, as Standard Webhooks has it; its own webhooks are signed with it too. */
  readonly secret: string;
  readonly timeoutMs?: number;
  readonly atOnceMax?: number;
  /** What the service promises, where it is not what a plain one does. */
  readonly promises?: Partial<Omit<PayoutCapabilities, 'canQuery' | 'canReadPayments' | 'canList'>>;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TIMEOUT_MS = 15_000;
const AT_ONCE_MAX = 8;
const PLAIN = {
  keyWindowMs: DAY_MS,
  replayKind: 'first-body',
  spacingMs: 0,
  maxPartialRefunds: 50,
  maxKeyLength: 45,
} as const;

/**
 * Refunds and replacements through the company's own service: a signed webhook (Standard Webhooks).
 * The service must take `webhook-id` as idempotency key and answer a repeat as it has promised.
 *
 * 2xx: accepted, with `{"reference", "status": "succeeded" | "pending" | "failed", "arrives"}` if it
 * has more to say. 4xx: refused, nothing has moved. 408, 409, 425, 429, 5xx, no answer: unknown.
 */
export class WebhookProvider extends PayoutProvider {
  readonly name: string;
  readonly kinds: readonly CompensationKind[];
  override readonly brands: readonly string[] | null;
  readonly capabilities: PayoutCapabilities;
  readonly timeoutMs: number;
  override readonly atOnceMax: number;
  private readonly signer: Webhook;

  constructor(private readonly options: WebhookProviderOptions) {
    super();
    this.name = options.name ?? 'webhook';
    this.kinds = options.kinds ?? ['refund', 'replacement'];
    this.brands = options.brands ?? null;
    this.capabilities = {
      ...PLAIN,
      ...options.promises,
      canQuery: options.queryUrl !== undefined,
      canReadPayments: options.paymentUrl !== undefined,
      canList: options.listUrl !== undefined,
    };
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.atOnceMax = options.atOnceMax ?? AT_ONCE_MAX;
    this.signer = new Webhook(options.secret);
  }

  async send(attempt: PayoutAttempt): Promise<PayoutAnswer> {
    const { key, payment, isResend, traceparent } = attempt;
    const body = JSON.stringify(payload(attempt));
    const answer = await this.request('POST', this.options.url, key, body, traceparent);
    if (!isUnchanged(answer)) return readAnswer(answer, isResend);
    // "Success, and nothing changed": an earlier request did it, or none. The query says which.
    const inquiry = await this.query({ key, payment, providerRef: null });
    if (inquiry.kind === 'not_found') return { kind: 'unknown', reason: 'it changed nothing' };
    return inquiry;
  }

  async query({ key }: PayoutReference): Promise<PayoutInquiry> {
    const { queryUrl } = this.options;
    if (queryUrl === undefined) return { kind: 'unknown', reason: 'it cannot be asked' };
    return readInquiry(await this.ask(queryUrl, 'reference', key));
  }

  async readPayment(payment: string): Promise<CapturedPayment> {
    const { paymentUrl } = this.options;
    if (paymentUrl === undefined) return { kind: 'unknown', reason: 'it cannot be asked' };
    return readCaptured(await this.ask(paymentUrl, 'payment', payment));
  }

  override async *list(fromMs: number, toMs: number): AsyncIterable<ListedPayout> {
    const { listUrl } = this.options;
    if (listUrl === undefined) throw new Error(`${this.name} cannot be asked for a list`);
    const url = new URL(listUrl);
    url.searchParams.set('from', new Date(fromMs).toISOString());
    url.searchParams.set('to', new Date(toMs).toISOString());
    for (let page: ListedPage | undefined; page?.next !== null;) {
      if (page !== undefined) url.searchParams.set('after', page.next);
      page = readList(await this.request('GET', url, 'list', ''));
      if (page === undefined) throw new Error(`${this.name} did not give its list`);
      yield* page.payouts;
    }
  }

  /** `{"type", "data": {"key", "reference"}}`, signed with our secret (Standard Webhooks). */
  override readHook({ bytes, headers }: RawHook): HookVerdict {
    try {
      const text = bytes.toString('utf8');
      const plain = Object.entries(headers).filter(([, value]) => value !== undefined);
      this.signer.verify(text, Object.fromEntries(plain) as Record<string, string>);
      const { data = {} } = JSON.parse(text) as { data?: { key?: unknown; reference?: unknown } };
      const key = typeof data.key === 'string' ? data.key : null;
      const providerRef = typeof data.reference === 'string' ? data.reference : null;
      const id = headers['webhook-id'] ?? '';
      return key === null && providerRef === null
        ? { kind: 'other' }
        : { kind: 'about', id, key, providerRef };
    } catch {
      return { kind: 'not_signed' };
    }
  }

  private ask(address: URL, name: string, value: string): Promise<HttpAnswer> {
    const url = new URL(address);
    url.searchParams.set(name, value);
    return this.request('GET', url, idOf(value), '');
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

/** A payment's id may hold what no header may. */
function idOf(value: string): string {
  return /^[A-Za-z0-9_-]+$/.test(value) ? value : Buffer.from(value).toString('base64url');
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
