import type { DomainEvent } from '@amends/domain';

/** An event that passed the door, with what is stored of it. */
export interface IncomingEvent {
  readonly event: DomainEvent;
  /** The whole event as JSON text; what every later reader sees. */
  readonly body: string;
  /** Hash of what the event says: the same (source, id) with another hash is quarantined. */
  readonly bodyHash: Uint8Array;
}

/**
 * - `accepted`: durable, will be read once.
 * - `duplicate`: the same event is known; nothing was stored.
 * - `quarantined`: its (source, id) is known with another body (semantics 2); kept for a person.
 */
export type AppendVerdict = 'accepted' | 'duplicate' | 'quarantined';

export interface AppendOptions {
  /** True for imports: stored, but no rule looks at them (semantics 11). */
  readonly history: boolean;
}

/** Where accepted events go. */
export abstract class EventSink {
  /** One verdict per event, in order. When it resolves, what was accepted is durable. */
  abstract append(
    events: readonly IncomingEvent[],
    options: AppendOptions,
  ): Promise<AppendVerdict[]>;
}
