import type { BatchHandler, Fence, StreamRecord } from '@amends/application';

export interface PartitionReaderOptions {
  readonly handler: BatchHandler;
  /** Claims the partition anew and answers where it stands; after a handler has thrown. */
  readonly reclaim: () => Promise<Fence>;
  /** Called whenever there is room for more records. */
  readonly onRoom: () => void;
  readonly onError: (error: unknown) => void;
}

/** One batch is worked on while the next is read. */
const AHEAD_MAX = 1;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_MAX_MS = 5_000;

/**
 * One owned partition of the log: what was read and not handled yet, and the fence as it moves. Ends
 * for good when it is closed or fenced out.
 */
export class PartitionReader {
  private readonly ahead: (readonly StreamRecord[])[] = [];
  private readFrom: bigint;
  private backoffMs = 0;
  private isOver = false;
  private running: Promise<void> | undefined;
  private interrupt: () => void = () => undefined;

  constructor(
    private fence: Fence,
    private readonly options: PartitionReaderOptions,
  ) {
    this.readFrom = fence.expected;
  }

  get topic(): string {
    return this.fence.topic;
  }

  get partition(): number {
    return this.fence.partition;
  }

  get ended(): boolean {
    return this.isOver;
  }

  /** Where to read on from; undefined while there is enough. */
  wanted(): bigint | undefined {
    const isFull = this.isOver || this.backoffMs > 0 || this.ahead.length >= AHEAD_MAX;
    return isFull ? undefined : this.readFrom;
  }

  /** Takes records read from `from`; drops them if the partition has moved elsewhere meanwhile. */
  offer(from: bigint, records: readonly StreamRecord[]): void {
    const last = records.at(-1);
    if (last === undefined || from !== this.readFrom || this.wanted() === undefined) return;
    this.readFrom = last.offset + 1n;
    this.ahead.push(records);
    this.running ??= this.run();
  }

  /** Starts nothing new and waits for the handler that runs. */
  async close(): Promise<void> {
    this.isOver = true;
    this.interrupt();
    await this.running;
  }

  private async run(): Promise<void> {
    for (let next = this.ahead.shift(); next !== undefined && !this.isOver;) {
      this.options.onRoom();
      await this.handle(next);
      next = this.ahead.shift();
    }
    this.running = undefined;
    if (!this.isOver) this.options.onRoom();
  }

  private async handle(records: readonly StreamRecord[]): Promise<void> {
    const nextOffset = (records.at(-1)?.offset ?? this.fence.expected) + 1n;
    const { topic, partition } = this;
    try {
      const batch = { topic, partition, records, nextOffset, fence: this.fence };
      const outcome = await this.options.handler(batch);
      if (outcome === 'fenced') this.isOver = true;
      else this.fence = { ...this.fence, expected: nextOffset };
    } catch (error) {
      this.options.onError(error);
      await this.startOver();
    }
  }

  /** What was written is in the position, even if the answer to the commit was lost. */
  private async startOver(): Promise<void> {
    let waitMs = BACKOFF_FIRST_MS;
    while (!this.isOver) {
      this.backoffMs = waitMs;
      await this.pause(waitMs);
      if (this.ended) return;
      try {
        this.fence = await this.options.reclaim();
        this.ahead.length = 0;
        this.readFrom = this.fence.expected;
        this.backoffMs = 0;
        return;
      } catch (error) {
        this.options.onError(error);
        waitMs = Math.min(waitMs * 2, BACKOFF_MAX_MS);
      }
    }
  }

  private pause(waitMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.interrupt = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
