import type { DomainEvent } from '@amends/domain';
import type { Sql } from '../queries/sql';

/** An event that goes into the stream once more, as it was first sent. */
export interface ReplayedEvent {
  readonly event: DomainEvent;
  readonly body: string;
}

/** Puts events into the stream without asking whether they are known: they are. */
export abstract class EventReplayer {
  /** Within the caller's transaction where the stream is in the database; else before it commits. */
  abstract append(sql: Sql, replayed: ReplayedEvent): Promise<void>;
}
