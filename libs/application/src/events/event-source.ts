/** The name that positions in our own log are kept under. */
export const LOG_SOURCE = 'log';

/** One record of a partition, as it was stored. */
export interface StreamRecord {
  readonly offset: bigint;
  /** What was sent: JSON text, bytes, or null (a Kafka tombstone). */
  readonly value: string | Uint8Array | null;
  readonly headers?: Readonly<Record<string, RecordHeader>>;
  /** True for imports: no rule looks at it (semantics 11). */
  readonly history: boolean;
}

export type RecordHeader = string | Uint8Array | readonly (string | Uint8Array)[] | undefined;

/**
 * The right to move one position: it holds while nobody else has claimed the partition (`epoch`)
 * and the position stands where this owner left it (`expected`).
 */
export interface Fence {
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  readonly epoch: bigint;
  readonly expected: bigint;
}

/** Records of one partition in order, and the swap that marks them as read. */
export interface EventBatch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly StreamRecord[];
  /** The position once these are done: after gaps, control records and the like. */
  readonly nextOffset: bigint;
  readonly fence: Fence;
}

/**
 * - `done`: the position was moved, in the transaction of what the records caused.
 * - `fenced`: it was refused; somebody else owns the partition, and nothing was written.
 *
 * A handler that throws has written nothing; the records come again from the stored position.
 */
export type BatchOutcome = 'done' | 'fenced';

export type BatchHandler = (batch: EventBatch) => Promise<BatchOutcome>;

/** The first offset not yet written of a partition. */
export interface PartitionEnd {
  readonly topic: string;
  readonly partition: number;
  readonly start: bigint;
  readonly end: bigint;
}

/** A partition this process reads. */
export interface Assignment {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Delivers the records of partitions shared out among all consumers of one name. Order holds per
 * partition: its next batch comes when the handler has answered the one before. Delivery is at least
 * once; the fence makes the effects exactly once.
 */
export abstract class EventSource {
  /** The name positions are kept under. */
  abstract readonly name: string;
  abstract readonly topics: readonly string[];

  /** Starts delivering to `handler`; several partitions at a time. */
  abstract start(handler: BatchHandler): Promise<void>;

  /** Delivers nothing new, waits for handlers that run, and gives the partitions back. */
  abstract stop(): Promise<void>;

  abstract assignments(): readonly Assignment[];

  /**
   * Ends of all partitions of the topics, whoever reads them. An event that was acknowledged before
   * the call lies before the end that is returned.
   */
  abstract ends(): Promise<PartitionEnd[]>;
}
