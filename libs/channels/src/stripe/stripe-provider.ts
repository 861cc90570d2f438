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
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import Stripe from 'stripe';
import { processGuard } from '../outbound/process-guard';
import { oneRequest } from './one-request';
import { isMaybeOurs, readError, readRefund } from './read-stripe';
import { fromStripeAmount, toStripeAmount } from './stripe-amount';

export interface StripeProviderOptions {
  /** `stripe` unless given. */
  readonly name?: string;
  readonly brands?: readonly string[] | null;
  /** A restricted key (`rk_…`) that may write refunds and read charges and payment intents. */
  readonly secretKey: string;
  /** `whsec_…` of the endpoint that Stripe sends `refund.*` to; without it no webhook is taken. */
  readonly webhookSecret?: string;
  /** Stripe itself unless given. */
  readonly baseUrl?: URL;
  readonly timeoutMs?: number;
  readonly atOnceMax?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const TIMEOUT_MS = 15_000;
const AT_ONCE_MAX = 8;
const PAGE_MAX = 100;
/** Where our key stands in a refund: what it is found by, for ever. */
const KEY_FIELD = 'amends_key';

/** Refunds to the original payment through Stripe (docs.stripe.com/api/refunds). */
export class StripeProvider extends PayoutProvider {
  readonly name: string;
  readonly kinds: readonly CompensationKind[] = ['refund'];
  override readonly brands: readonly string[] | null;
  override readonly atOnceMax: number;
  readonly timeoutMs: number;
  readonly capabilities: PayoutCapabilities = {
    keyWindowMs: DAY_MS,
    replayKind: 'first-body',
    canQuery: true,
    canReadPayments: true,
    canList: true,
    spacingMs: 0,
    maxPartialRefunds: 100,
    maxKeyLength: 255,
  };
  private readonly stripe: Stripe;

  constructor(private readonly options: StripeProviderOptions) {
    super();
    this.name = options.name ?? 'stripe';
    this.brands = options.brands ?? null;
    this.atOnceMax = options.atOnceMax ?? AT_ONCE_MAX;
    this.timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    this.stripe = new Stripe(options.secretKey, {
      // What is sent again, and when, is the payer's to decide.
      maxNetworkRetries: 0,
      telemetry: false,
      timeout: this.timeoutMs,
      ...connection(options.baseUrl),
    });
  }

  async send(attempt: PayoutAttempt): Promise<PayoutAnswer> {
    const { key, payment, money, compensationId, isResend } = attempt;
    const amount = toStripeAmount(money);
    if (payment === null) return refused('payment_missing');
    if (amount === undefined) return refused('amount_not_payable');
    try {
      const refund = await this.stripe.refunds.create(
        {
          ...(isIntent(payment) ? { payment_intent: payment } : { charge: payment }),
          amount,
          metadata: { [KEY_FIELD]: key, compensation_id: compensationId },
        },
        { idempotencyKey: key },
      );
      return readRefund(refund);
    } catch (error) {
      const answer = readError(error, isResend);
      return isMaybeOurs(error) ? this.lookForOurs(attempt, answer) : answer;
    }
  }

  async query({ key, payment, providerRef }: PayoutReference): Promise<PayoutInquiry> {
    try {
      const refund =
        providerRef === null
          ? await this.find(key, payment)
          : await this.stripe.refunds.retrieve(providerRef);
      return refund ? readRefund(refund) : { kind: 'not_found' };
    } catch (error) {
      if (isMissing(error)) return { kind: 'not_found' };
      const answer = readError(error, true);
      return { kind: 'unknown', reason: answer.kind === 'unknown' ? answer.reason : 'no answer' };
    }
  }

  async readPayment(payment: string): Promise<CapturedPayment> {
    try {
      const { amount, currency } = isIntent(payment)
        ? readIntent(await this.stripe.paymentIntents.retrieve(payment))
        : readCharge(await this.stripe.charges.retrieve(payment));
      const money = fromStripeAmount(amount, currency);
      return money ? { kind: 'captured', money } : { kind: 'unknown', reason: 'no such currency' };
    } catch (error) {
      if (isMissing(error)) return { kind: 'not_found' };
      return { kind: 'unknown', reason: 'no answer' };
    }
  }

  override async *list(fromMs: number, toMs: number): AsyncIterable<ListedPayout> {
    const created = { gte: Math.floor(fromMs / 1000), lt: Math.ceil(toMs / 1000) };
    for await (const refund of this.stripe.refunds.list({ created, limit: PAGE_MAX })) {
      const { id, amount, currency } = refund;
      const money = fromStripeAmount(amount, currency);
      const state = readRefund(refund);
      yield {
        providerRef: id,
        key: refund.metadata?.[KEY_FIELD] ?? null,
        money: money ?? { minor: 0n, currency: currency.toUpperCase() },
        status: state.kind === 'rejected' ? 'failed' : state.isPending ? 'pending' : 'succeeded',
        createdAtMs: refund.created * 1000,
      };
    }
  }

  override readHook({ bytes, headers }: RawHook): HookVerdict {
    const { webhookSecret } = this.options;
    if (webhookSecret === undefined) return { kind: 'not_signed' };
    try {
      const signature = headers['stripe-signature'] ?? '';
      const event = this.stripe.webhooks.constructEvent(bytes, signature, webhookSecret);
      const { object } = event.data as { object: Partial<Stripe.Refund> };
      if (object.object !== 'refund' || object.id === undefined) return { kind: 'other' };
      const key = object.metadata?.[KEY_FIELD] ?? null;
      return { kind: 'about', id: event.id, key, providerRef: object.id };
    } catch {
      return { kind: 'not_signed' };
    }
  }

  /** "Already refunded" may speak of a refund of ours, whose answer was lost. */
  private async lookForOurs(attempt: PayoutAttempt, refusal: PayoutAnswer): Promise<PayoutAnswer> {
    const { key, payment } = attempt;
    const inquiry = await this.query({ key, payment, providerRef: null });
    return inquiry.kind === 'not_found' ? refusal : inquiry;
  }

  private async find(key: string, payment: string | null): Promise<Stripe.Refund | undefined> {
    if (payment === null) throw new Error('a refund without a payment cannot be looked for');
    const of = isIntent(payment) ? { payment_intent: payment } : { charge: payment };
    for await (const refund of this.stripe.refunds.list({ ...of, limit: PAGE_MAX })) {
      if (refund.metadata?.[KEY_FIELD] === key) return refund;
    }
    return undefined;
  }
}

const STRIPE = new URL('https://api.stripe.com');

/**
 * A connection of its own for each request: on one that was kept, Stripe may just be hanging up. It passes the guard
 * of all that is sent.
 */
function connection(baseUrl: URL | undefined) {
  const isPlain = baseUrl?.protocol === 'http:';
  const options = { keepAlive: false, lookup: processGuard().lookupFor(baseUrl ?? STRIPE) };
  const agent = isPlain ? new HttpAgent(options) : new HttpsAgent(options);
  const httpClient = oneRequest(Stripe.createNodeHttpClient(agent));
  if (baseUrl === undefined) return { httpClient };
  return {
    httpClient,
    host: baseUrl.hostname,
    port: baseUrl.port === '' ? (isPlain ? 80 : 443) : Number(baseUrl.port),
    protocol: isPlain ? ('http' as const) : ('https' as const),
  };
}

function isIntent(payment: string): boolean {
  return payment.startsWith('pi_');
}

function isMissing(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'resource_missing';
}

function readIntent({ amount_received: amount, currency }: Stripe.PaymentIntent) {
  return { amount, currency };
}

function readCharge({ amount_captured: amount, currency }: Stripe.Charge) {
  return { amount, currency };
}

/** Nothing was sent: Stripe could not take it. */
function refused(code: string): PayoutAnswer {
  return { kind: 'rejected', code, proof: 'not sent' };
}
