import type { EventSource } from '../events/event-source';
import type { PositionStore } from '../events/position-store';
import { OWN_EVENTS_CLOCK } from '../events/topic-routes';
import { OwnEventsThrough } from './own-events-through';
import { partitionKey, ReadThrough, topicClocks, type PartitionClock } from './read-through';

export interface ClockSample {
  /** The database's clock, epoch ms. */
  readonly nowMs: number;
  /** When the oldest event of ours happened that is not in the stream yet, epoch ms; null: none waits. */
  readonly ownEventsMs: number | null;
}

/** Where the clocks of the topics are kept, for all processes. */
export abstract class ClockStore {
  abstract now(): Promise<ClockSample>;

  /** Moves the clocks on; never back. */
  abstract advance(clocks: ReadonlyMap<string, number>): Promise<void>;
}

export interface ClockHeld {
  readonly topic: string;
  readonly partition: number;
  readonly heldMs: number;
}

/** Up to where a partition has been read. */
export interface ReadUpTo {
  readonly topic: string;
  readonly partition: number;
  readonly position: bigint;
}

export interface ClockKeeperOptions {
  readonly source: EventSource;
  readonly positions: PositionStore;
  readonly store: ClockStore;
  readonly onSampled?: (partitions: readonly PartitionClock[], nowMs: number) => void;
}

/** A normal batch is over by then; longer means that a partition is not being read. */
const HELD_AFTER_MS = 2_000;

/** Keeps the clock of every topic: how far all of its partitions have been read. */
export class ClockKeeper {
  private readonly readThrough = new ReadThrough();
  private readonly ownEvents = new OwnEventsThrough();
  private clocks: ReadonlyMap<string, number> = new Map();
  private leastMs = Number.NEGATIVE_INFINITY;
  private holding: readonly ClockHeld[] = [];
  /** Of those that held the clock at the last tick and are not read up to their ends yet: these ends. */
  private readonly behind = new Map<string, bigint>();
  private startedMs: number | undefined;

  constructor(private readonly options: ClockKeeperOptions) {}

  /** How far all topics have been read, as of the last tick; -Infinity: not known yet. */
  get readThroughMs(): number {
    return this.leastMs;
  }

  /**
   * How far a topic has been read, as this process has seen it; undefined until what waited in it when
   * the process started has been read: after a standstill nothing fires before.
   */
  clockOf(topic: string): number | undefined {
    return this.clocks.get(topic);
  }

  /** Partitions that hold the clock of their topic back. */
  get heldBy(): readonly ClockHeld[] {
    return this.holding;
  }

  /**
   * This process has read on. True: nothing of the backlog is left, so that a tick now need not be waited for. Under a
   * load that is kept up with it is never true.
   */
  hasCaughtUp(read: readonly ReadUpTo[]): boolean {
    if (this.behind.size === 0) return false;
    for (const one of read) {
      const end = this.behind.get(partitionKey(one));
      if (end !== undefined && one.position >= end) this.behind.delete(partitionKey(one));
    }
    return this.behind.size === 0;
  }

  async tick(): Promise<void> {
    const { source, positions, store, onSampled } = this.options;
    // In this order: what was acknowledged before `nowMs` lies before the ends.
    const { nowMs, ownEventsMs } = await store.now();
    const ends = await source.ends();
    const partitions = this.readThrough.sample(nowMs, ends, await positions.read(source.name));
    const clocks = topicClocks(partitions);
    const isComplete = source.topics.every((topic) => clocks.has(topic));
    this.leastMs = isComplete ? Math.min(...clocks.values()) : Number.NEGATIVE_INFINITY;
    const ownMs = this.ownEvents.sample(nowMs, ownEventsMs, this.leastMs);
    if (ownMs !== undefined) clocks.set(OWN_EVENTS_CLOCK, ownMs);
    if (clocks.size > 0) await store.advance(clocks);
    this.clocks = clocks;
    this.startedMs ??= nowMs;
    this.holding = heldBy(partitions, nowMs, this.startedMs);
    this.noteBehind(partitions);
    onSampled?.(partitions, nowMs);
  }

  private noteBehind(partitions: readonly PartitionClock[]): void {
    const held = new Set(this.holding.map(partitionKey));
    this.behind.clear();
    for (const one of partitions) {
      const key = partitionKey(one);
      if (held.has(key)) this.behind.set(key, one.position + one.lag);
    }
  }
}

/** Where nothing is known yet, it is held since this process looks at it. */
function heldBy(
  partitions: readonly PartitionClock[],
  nowMs: number,
  startedMs: number,
): ClockHeld[] {
  return partitions.flatMap(({ topic, partition, readThroughMs, lag }) => {
    const heldMs = nowMs - (readThroughMs ?? startedMs);
    return lag > 0n && heldMs > HELD_AFTER_MS ? [{ topic, partition, heldMs }] : [];
  });
}
