import type { Money } from '@amends/domain';
import type { CompensationKind } from '../model/compensation';

/** One sending of one payout: the same key every time it is sent. */
export interface PayoutAttempt {
  /** At most 45 characters of `[A-Za-z0-9_-]`, derived from compensation and attempt number. */
  readonly key: string;
  readonly kind: CompensationKind;
  readonly money: Money;
  readonly compensationId: string;
  readonly incidentId: string | null;
  readonly customerId: string;
  /** The payment a refund goes back to. */
  readonly payment: string | null;
  readonly orderId: string | null;
  /** Sent before, with an outcome that is not known: a refusal now proves nothing about then. */
  readonly isResend: boolean;
  /** The trace of the event behind it (W3C Trace Context), to go on under; null: none is known. */
  readonly traceparent: string | null;
}

export type PayoutAnswer =
  /** Irrevocably accepted: the money has moved or surely will. */
  | {
      readonly kind: 'accepted';
      readonly providerRef: string | null;
      /** When it arrives, in the provider's words or as a date; null: the usual time. */
      readonly arrives: string | null;
      /** Accepted, and not through yet. */
      readonly isPending: boolean;
    }
  /** Positively nothing has moved under this key, and nothing will. */
  | { readonly kind: 'rejected'; readonly proof: string; readonly code: string }
  /** Nobody can tell: it may have moved. Never a reason to pay anew. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly retryAfterMs?: number };

export type PayoutInquiry =
  | Exclude<PayoutAnswer, { kind: 'unknown' }>
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string };

/**
 * Where money leaves to. What providers promise differs (RELIABILITY.md, section 1a), so each
 * declares it, and the payer keeps to it.
 */
export abstract class PayoutProvider {
  /** A short name of a closed set: part of ledger accounts, attempts and metrics. */
  abstract readonly name: string;
  abstract readonly kinds: readonly CompensationKind[];

  /** For how long the same key means the same payout; after that it would pay again. */
  abstract readonly keyWindowMs: number;

  /** What a repeated key is answered: the first body, how it stands now, or only success is kept. */
  abstract readonly replayKind: 'first-body' | 'latest-status' | 'only-success';

  /** Whether it can be asked for a payout by our key. */
  abstract readonly canQuery: boolean;

  /** Least time between two payouts to one payment. */
  abstract readonly spacingMs: number;

  /** How often one payment can be refunded in parts. */
  abstract readonly maxPartialRefunds: number;

  /** Longest time `send` takes; the lease of an attempt is longer. */
  abstract readonly timeoutMs: number;

  /** Never throws for what the other side does; what it throws counts as unknown. */
  abstract send(attempt: PayoutAttempt): Promise<PayoutAnswer>;

  /** Asks for a payout by our key. Only called when `canQuery`. */
  abstract query(key: string): Promise<PayoutInquiry>;
}

/** Which provider pays what. Credits and vouchers are built in and need none. */
export class PayoutProviders {
  constructor(private readonly providers: readonly PayoutProvider[]) {}

  /** Undefined when none is set up: then the payout waits, and is never lost. */
  forKind(kind: CompensationKind): PayoutProvider | undefined {
    return this.providers.find((provider) => provider.kinds.includes(kind));
  }

  named(name: string): PayoutProvider | undefined {
    return this.providers.find((provider) => provider.name === name);
  }
}

/** Paid inside the database, in the transaction of the decision. */
export function isBuiltIn(kind: CompensationKind): boolean {
  return kind === 'credit' || kind === 'voucher';
}
