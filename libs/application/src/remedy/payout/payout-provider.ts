import type { Money } from '@amends/domain';
import type { CompensationKind } from '../model/compensation';

/** One sending of one payout: the same key every time it is sent. */
export interface PayoutAttempt {
  /** Characters of `[A-Za-z0-9_-]`, derived from compensation and attempt number. */
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
  | {
      readonly kind: 'rejected';
      readonly proof: string;
      readonly code: string;
      /**
       * The reason will pass: it is sent again, under a new key. `payment` when it lies with the
       * payment (refunds too close together), `account` when every payout meets it (no balance).
       */
      readonly passes?: 'payment' | 'account';
    }
  /** Nobody can tell: it may have moved. Never a reason to pay anew. */
  | { readonly kind: 'unknown'; readonly reason: string; readonly retryAfterMs?: number };

export type PayoutInquiry =
  | Exclude<PayoutAnswer, { kind: 'unknown' }>
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** What a provider is asked by: our key, and what helps to find it there. */
export interface PayoutReference {
  readonly key: string;
  readonly payment: string | null;
  /** The provider's own name for it, where it has told us. */
  readonly providerRef: string | null;
}

/** What was captured by a payment: refunds of it never come to more, in no other currency. */
export type CapturedPayment =
  | { readonly kind: 'captured'; readonly money: Money }
  | { readonly kind: 'not_found' }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A payout as its provider lists it. */
export interface ListedPayout {
  readonly providerRef: string;
  /** Our key; null: it was not asked for by us. */
  readonly key: string | null;
  readonly money: Money;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly createdAtMs: number;
}

/** A webhook as it came. */
export interface RawHook {
  /** The bytes that were signed. */
  readonly bytes: Buffer;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** What a webhook is good for. It is a hint, and no more: what it speaks of is fetched. */
export type HookVerdict =
  | { readonly kind: 'not_signed' }
  /** Signed, and about nothing of ours. */
  | { readonly kind: 'other' }
  | {
      readonly kind: 'about';
      /** Of the webhook: the same however often it is sent. */
      readonly id: string;
      readonly key: string | null;
      readonly providerRef: string | null;
    };

/**
 * What a repeated key is answered: the first body; how it stands now; only success is kept; success
 * that changes nothing; or it is not known again, and pays anew (RELIABILITY.md, section 1a).
 */
export type ReplayKind = 'first-body' | 'latest-status' | 'only-success' | 'no-change' | 'none';

/** What a provider promises, and asks for. The payer keeps to it. */
export interface PayoutCapabilities {
  /** For how long the same key means the same payout; after that it would pay again. */
  readonly keyWindowMs: number;
  readonly replayKind: ReplayKind;
  /** Whether it can be asked for a payout by our key. */
  readonly canQuery: boolean;
  /** Whether it can be asked what a payment has captured. */
  readonly canReadPayments: boolean;
  /** Whether it can be asked for all the payouts that it made in a time. */
  readonly canList: boolean;
  /** Least time between two payouts to one payment. */
  readonly spacingMs: number;
  /** How often one payment can be refunded in parts. */
  readonly maxPartialRefunds: number;
  /** Longest key it takes; at least `KEY_LENGTH_MIN`. */
  readonly maxKeyLength: number;
}

/** A shorter key would not be told apart from others for sure. */
export const KEY_LENGTH_MIN = 20;

/**
 * Where money leaves to. What providers promise differs, so each declares it, and the payer keeps
 * to it.
 */
export abstract class PayoutProvider {
  /** A short name of a closed set: part of ledger accounts, attempts and metrics. */
  abstract readonly name: string;
  abstract readonly kinds: readonly CompensationKind[];

  /** The brands whose account it is; null: of every brand that has none of its own. */
  readonly brands: readonly string[] | null = null;

  abstract readonly capabilities: PayoutCapabilities;

  /** Longest time `send` takes; the lease of an attempt is longer. */
  abstract readonly timeoutMs: number;

  /** How many requests it is sent at a time. */
  readonly atOnceMax: number = 8;

  /** Never throws for what the other side does; what it throws counts as unknown. */
  abstract send(attempt: PayoutAttempt): Promise<PayoutAnswer>;

  /** Asks for a payout. Only called when `canQuery`. */
  abstract query(reference: PayoutReference): Promise<PayoutInquiry>;

  /** Asks what was captured. Only called when `canReadPayments`. */
  abstract readPayment(payment: string): Promise<CapturedPayment>;

  /** All payouts made in a time, in any order. Only called when `canList`; throws when cut short. */
  list(_fromMs: number, _toMs: number): AsyncIterable<ListedPayout> {
    throw new Error(`${this.name} cannot be asked for a list`);
  }

  /** Looks at a webhook, its signature first. */
  readHook(_hook: RawHook): HookVerdict {
    return { kind: 'not_signed' };
  }
}

/** Which provider pays what. Credits and vouchers are built in and need none. */
export class PayoutProviders {
  constructor(readonly all: readonly PayoutProvider[]) {}

  /**
   * The account of that brand, or else the one that every brand without an own account has.
   * Undefined when none is set up: then the payout waits, and is never lost.
   */
  find(kind: CompensationKind, brand: string | null): PayoutProvider | undefined {
    const able = this.all.filter((provider) => provider.kinds.includes(kind));
    const own = able.find(({ brands }) => brand !== null && brands?.includes(brand) === true);
    return own ?? able.find(({ brands }) => brands === null);
  }

  named(name: string): PayoutProvider | undefined {
    return this.all.find((provider) => provider.name === name);
  }
}

/** Paid inside the database, in the transaction of the decision. */
export function isBuiltIn(kind: CompensationKind): boolean {
  return kind === 'credit' || kind === 'voucher';
}

/** It knows no key again and cannot be asked: nobody but a person can keep it from paying twice. */
export function isBlind({ capabilities }: PayoutProvider): boolean {
  return capabilities.replayKind === 'none' && !capabilities.canQuery;
}
