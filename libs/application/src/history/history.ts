import type { Database, Sql } from '../queries/sql';

/** An event as it was read. */
export interface HistoryEvent {
  /** Its number: monotone with the order of reading; marks and cursors refer to it. */
  readonly seq: bigint;
  readonly timeMs: number;
  readonly type: string;
  /** The event as JSON text. */
  readonly body: string;
}

/** What must hold of the events asked for; what is left out allows all. */
export interface HistoryFilter {
  readonly types?: readonly string[] | undefined;
  readonly subjects?: readonly string[] | undefined;
  readonly customerIds?: readonly string[] | undefined;
  readonly sources?: readonly string[] | undefined;
  readonly idPrefix?: string | undefined;
  /** Half-open: fromMs <= time < toMs. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** Only what had been read up to here. */
  readonly mark?: bigint | undefined;
}

/** An event's place in the order by time, ties by seq. */
export interface HistoryPlace {
  readonly timeMs: number;
  readonly seq: bigint;
}

export interface HistoryQuery extends HistoryFilter {
  readonly order: 'asc' | 'desc';
  /** Only what comes after it in the order. */
  readonly after?: HistoryPlace | undefined;
  readonly limit: number;
}

/** Every event that was read. Events that arrive between two pages neither lose nor double one. */
export abstract class History {
  abstract read(sql: Sql, query: HistoryQuery): Promise<readonly HistoryEvent[]>;

  /** The bodies of events by their seq; those that went with the retention are missing. */
  abstract bodies(sql: Sql, seqs: readonly bigint[]): Promise<ReadonlyMap<bigint, string>>;

  /** About how many there are: cheap whatever the size, and wrong by a factor where filters correlate. */
  abstract estimate(sql: Sql, filter: HistoryFilter): Promise<number>;

  /** Takes out all that events of a customer say; their places stay. Answers how many there were. */
  abstract erase(database: Database, customerId: string): Promise<number>;
}
