import { randomUUID } from 'node:crypto';
import {
  EventSource,
  LOG_SOURCE,
  Repeating,
  type Assignment,
  type BatchHandler,
  type PartitionEnd,
  type PositionStore,
  type StreamRecord,
  type Topics,
  type Wake,
} from '@amends/application';
import { StreamMembers, tuplesOf } from '@amends/persistence';
import type { Pool } from 'pg';
import { READ_LOG, SELECT_HEADS } from './log-statements';
import { PartitionReader } from './partition-reader';
import { shareOut } from './share-out';

export interface LogEventSourceOptions {
  readonly pool: Pool;
  readonly positions: PositionStore;
  readonly topics: Topics;
  readonly wake: Wake;
  /** Records per batch at most. */
  readonly batchMax?: number;
  /** How soon an append by another process is seen. */
  readonly pollMs?: number;
  /** A member that has not been heard of for so long is taken to be gone. */
  readonly sessionTimeoutMs?: number;
  readonly heartbeatMs?: number;
  /** What went wrong; reading goes on. */
  readonly onError?: (error: unknown) => void;
  readonly onAssigned?: (assignments: readonly Assignment[]) => void;
}

const BATCH_MAX = 1_000;
const POLL_MS = 100;
const SESSION_TIMEOUT_MS = 5_000;
const HEARTBEAT_MS = 1_000;

/** The partitioned log in PostgreSQL as an `EventSource`. */
export class LogEventSource extends EventSource {
  readonly name = LOG_SOURCE;
  private readonly me = randomUUID();
  private readonly members: StreamMembers;
  private readonly readers = new Map<string, PartitionReader>();
  private readonly loops: Repeating[] = [];
  private readonly closing = new Set<Promise<void>>();
  private handler: BatchHandler | undefined;

  constructor(private readonly options: LogEventSourceOptions) {
    super();
    const { pool, sessionTimeoutMs = SESSION_TIMEOUT_MS } = options;
    this.members = new StreamMembers(pool, this.name, this.me, sessionTimeoutMs);
  }

  /** Those of the account's map as it is: added ones are read from the next heartbeat on. */
  get topics(): readonly string[] {
    return [...this.options.topics.all].sort();
  }

  private get all(): readonly Assignment[] {
    const { partitions } = this.options.topics;
    return this.topics.flatMap((topic) =>
      Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
    );
  }

  async start(handler: BatchHandler): Promise<void> {
    this.handler = handler;
    await this.settle();
    const {
      onError = () => undefined,
      heartbeatMs = HEARTBEAT_MS,
      pollMs = POLL_MS,
    } = this.options;
    const { wake } = this.options;
    this.loops.push(
      new Repeating(() => this.settle(), { everyMs: heartbeatMs, onError }),
      new Repeating(() => this.readAll(), {
        everyMs: pollMs,
        onError,
        mark: () => wake.mark('log'),
        wait: (waitMs, mark) => wake.wait('log', waitMs, mark),
      }),
    );
  }

  async stop(): Promise<void> {
    // Readers first: they end at once, while the reading loop may be waiting for its next poll.
    for (const key of [...this.readers.keys()]) this.drop(key);
    await Promise.all(this.loops.splice(0).map((loop) => loop.stop()));
    for (const key of [...this.readers.keys()]) this.drop(key);
    await Promise.all(this.closing);
    if (this.handler !== undefined) await this.members.leave();
    this.handler = undefined;
  }

  assignments(): readonly Assignment[] {
    return [...this.readers.values()].filter((reader) => !reader.ended);
  }

  async ends(): Promise<PartitionEnd[]> {
    const { pool } = this.options;
    const rows = await tuplesOf<[string, number, bigint]>(pool, SELECT_HEADS, [this.topics]);
    const heads = new Map(rows.map(([topic, partition, end]) => [`${topic}/${partition}`, end]));
    return this.all.map(({ topic, partition }) => {
      const end = heads.get(`${topic}/${partition}`) ?? 0n;
      return { topic, partition, start: 0n, end };
    });
  }

  /** Says that this member lives, drops what is another's now, claims what is newly its own. */
  private async settle(): Promise<void> {
    const mine = shareOut(this.all, await this.members.heartbeat(), this.me);
    const wanted = new Map(mine.map((part) => [keyOf(part), part]));
    const before = this.readers.size;
    for (const [key, reader] of this.readers) {
      if (!wanted.has(key) || reader.ended) this.drop(key);
    }
    const added = [...wanted].filter(([key]) => !this.readers.has(key)).map(([, part]) => part);
    const { positions, wake } = this.options;
    for (const fence of await positions.claim(this.name, added, this.me)) {
      this.readers.set(keyOf(fence), this.readerOf(fence));
    }
    if (added.length === 0 && this.readers.size === before) return;
    this.options.onAssigned?.(this.assignments());
    wake.signal('log');
  }

  /** Ends a reader without waiting for its handler: whoever claims the partition fences it out. */
  private drop(key: string): void {
    const reader = this.readers.get(key);
    if (reader === undefined) return;
    this.readers.delete(key);
    const closed = reader.close();
    this.closing.add(closed);
    void closed.finally(() => this.closing.delete(closed));
  }

  private readerOf(fence: ConstructorParameters<typeof PartitionReader>[0]): PartitionReader {
    const { positions, wake, onError = () => undefined } = this.options;
    return new PartitionReader(fence, {
      handler: (batch) => this.handle(batch),
      reclaim: async () => {
        const [claimed] = await positions.claim(this.name, [fence], this.me);
        if (claimed === undefined) throw new Error('a claim answers with the position');
        return claimed;
      },
      onRoom: () => {
        wake.signal('log');
      },
      onError,
    });
  }

  private handle(batch: Parameters<BatchHandler>[0]): ReturnType<BatchHandler> {
    if (this.handler === undefined) return Promise.resolve('fenced');
    return this.handler(batch);
  }

  private async readAll(): Promise<boolean> {
    const wanting: { reader: PartitionReader; from: bigint }[] = [];
    for (const reader of this.readers.values()) {
      const from = reader.wanted();
      if (from !== undefined) wanting.push({ reader, from });
    }
    if (wanting.length === 0) return false;
    const rows = await tuplesOf<LogRow>(this.options.pool, READ_LOG, [
      wanting.map(({ reader }) => reader.topic),
      wanting.map(({ reader }) => reader.partition),
      wanting.map(({ from }) => from),
      this.options.batchMax ?? BATCH_MAX,
    ]);
    const read = new Map<string, StreamRecord[]>();
    for (const [topic, partition, offset, history, value] of rows) {
      const key = `${topic}/${partition}`;
      const records = read.get(key) ?? [];
      records.push({ offset, history, value });
      read.set(key, records);
    }
    for (const { reader, from } of wanting) reader.offer(from, read.get(keyOf(reader)) ?? []);
    return rows.length > 0;
  }
}

type LogRow = [topic: string, partition: number, offset: bigint, history: boolean, body: string];

function keyOf({ topic, partition }: Assignment): string {
  return `${topic}/${partition}`;
}
