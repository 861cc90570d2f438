import type { Money } from '@amends/domain';
import type { Answer } from '../webhook/webhook-receiver';
import type { Payment, Refund, RefundStatus, Refusal } from './provider-book';

/** A request as it came over the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** The bytes as text. */
  readonly body: string;
}

/** In place of a currency: whatever the payment was captured in. */
export const CURRENCY_OF_PAYMENT = '';

/** What is asked of the provider. */
export type Asked =
  | {
      readonly kind: 'refund';
      readonly key: string;
      /** Our name for it, by which it can be found: the key, unless there is a better one. */
      readonly reference: string;
      readonly payment: string;
      readonly money: Money;
    }
  | { readonly kind: 'by-reference'; readonly reference: string }
  | { readonly kind: 'by-id'; readonly id: string }
  | {
      readonly kind: 'list';
      readonly payment: string | null;
      readonly fromMs: number;
      readonly toMs: number;
      /** The last one of the page before. */
      readonly after: string | null;
      readonly limit: number;
    }
  | { readonly kind: 'payment'; readonly payment: string }
  | { readonly kind: 'not-let-in' }
  | { readonly kind: 'nonsense' };

export interface StandingRefund {
  readonly refund: Refund;
  readonly status: RefundStatus;
}

/** What it says. */
export type Told =
  | ({
      readonly kind: 'refund';
      /** False: this very request did nothing, an earlier one did. */
      readonly changed: boolean;
    } & StandingRefund)
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'in-flight' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'list'; readonly refunds: readonly StandingRefund[]; readonly more: boolean }
  | { readonly kind: 'payment'; readonly payment: Payment; readonly refunded: bigint }
  | { readonly kind: 'too-many-requests'; readonly retryAfterSeconds: number }
  | { readonly kind: 'not-let-in' }
  | { readonly kind: 'nonsense' }
  | { readonly kind: 'error' };

/** The words in which a provider is spoken to. */
export interface Dialect {
  read(request: WireRequest): Asked;
  write(told: Told): Answer;
  /** A webhook that says that a refund has changed: its body and headers. */
  announce(standing: StandingRefund): {
    readonly body: string;
    readonly headers: Readonly<Record<string, string>>;
  };
}
