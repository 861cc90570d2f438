/** A message as it is handed over. */
export interface OutgoingMessage {
  /** The same whenever it is sent again, so that the other side can drop what comes twice. */
  readonly id: string;
  readonly recipient: string;
  readonly recipientName: string | null;
  readonly senderName: string;
  readonly senderAddress: string;
  readonly subject: string;
  readonly text: string;
  /** Where the channel has such a form. */
  readonly html: string | null;
}

export type Delivery =
  | { readonly kind: 'sent' }
  /** Not now; the same message may go through later. */
  | { readonly kind: 'later'; readonly reason: string }
  /** This recipient, or this message, is refused for good. */
  | { readonly kind: 'refused'; readonly reason: string };

/** What of a customer's file tells where a message goes. */
export interface Addressee {
  readonly id: string;
  readonly email: string | null;
}

/** A way to reach customers. */
export abstract class MessageChannel {
  /** As rules name it: `email`. */
  abstract readonly name: string;

  /** Where this customer is reached; undefined: nowhere, by this channel. */
  abstract addressOf(customer: Addressee): string | undefined;

  /** Ends within `MESSAGE_TIMEOUT_MS`. What it throws counts as `later`. */
  abstract send(message: OutgoingMessage): Promise<Delivery>;
}

/** Longest time a channel takes; the lease of a message is longer. */
export const MESSAGE_TIMEOUT_MS = 30_000;

/** The channels that are set up. */
export class MessageChannels {
  constructor(private readonly channels: readonly MessageChannel[]) {}

  named(name: string): MessageChannel | undefined {
    return this.channels.find((channel) => channel.name === name);
  }
}
