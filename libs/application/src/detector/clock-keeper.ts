import type { EventSource } from '../events/event-source';
import type { PositionStore } from '../events/position-store';
import { OWN_EVENTS_CLOCK } from '../events/topic-routes';
import { OwnEventsThrough } from './own-events-through';
import { ReadThrough, topicClocks, type PartitionClock } from './read-through';

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
    onSampled?.(partitions, nowMs);
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
