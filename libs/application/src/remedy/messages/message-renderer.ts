import type { JsonObject, Money } from '@amends/domain';
import type { CompensationKind } from '../model/compensation';

/** Everything a template may speak of. */
export interface MessageFacts {
  readonly customer: {
    readonly id: string;
    readonly name: string | null;
    readonly locale: string | null;
    readonly timeZone: string | null;
  };
  /** What has moved; null: a word only. */
  readonly payout: {
    readonly money: Money;
    readonly kind: CompensationKind;
    /** The provider's word on when it arrives; null: the usual time. */
    readonly arrives: string | null;
    readonly voucher: { readonly code: string; readonly expiresAtMs: number | null } | null;
  } | null;
  readonly orderId: string | null;
  readonly incident: {
    readonly id: string;
    readonly atMs: number;
    readonly event: JsonObject;
    readonly facts: JsonObject;
  } | null;
  readonly ruleTitle: string | null;
  readonly brand: {
    readonly senderName: string;
    readonly locale: string;
    readonly timeZone: string;
  };
}

export interface RenderedMessage {
  readonly locale: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
}

export type Rendering =
  | { readonly ok: true; readonly message: RenderedMessage }
  /** What a person has to put right in the template, or in the event. */
  | { readonly ok: false; readonly reason: string };

/** Turns a template document and the facts into the words that one customer reads. */
export abstract class MessageRenderer {
  /** @param document as stored under `/templates/{id}` */
  abstract render(document: JsonObject, channel: string, facts: MessageFacts): Rendering;
}
