import type { PartitionEnd } from '../events/event-source';
import type { StoredPosition } from '../events/position-store';
import { thinOut } from './thin-out';

/** How far a partition has been read. */
export interface PartitionClock {
  readonly topic: string;
  readonly partition: number;
  /** Everything that had arrived by then is read; null: not known yet. */
  readonly readThroughMs: number | null;
  /** The first offset that has not been read. */
  readonly position: bigint;
  /** Records behind the last end that was sampled. */
  readonly lag: bigint;
}

interface Sample {
  atMs: number;
  readonly end: bigint;
}

interface Sampled {
  samples: Sample[];
  readThroughMs: number | null;
  lag: bigint;
}

/**
 * A backlog is not a breach (DESIGN.md, The clock): of every partition it is noted where its end was at
 * which time. Once the position has reached an end, all that had arrived by that time has been read.
 */
export class ReadThrough {
  private readonly partitions = new Map<string, Sampled>();

  /**
   * @param atMs the database's clock, taken before the ends were asked for
   * @param ends every partition of the topics, whoever reads it
   * @param positions read after the ends
   */
  sample(
    atMs: number,
    ends: readonly PartitionEnd[],
    positions: readonly StoredPosition[],
  ): PartitionClock[] {
    const stored = new Map(positions.map((one) => [partitionKey(one), one]));
    return ends.map(({ topic, partition, start, end }) => {
      const key = partitionKey({ topic, partition });
      const sampled = this.partitions.get(key) ?? { samples: [], readThroughMs: null, lag: 0n };
      this.partitions.set(key, sampled);
      note(sampled, { atMs, end });
      const { nextOffset: position = start, stopped = null } = stored.get(key) ?? {};
      // Where reading has stopped, nobody knows what is in there: it holds the clock.
      if (stopped === null) settle(sampled, position);
      const least = stopped === null ? 0n : 1n;
      sampled.lag = end - position > least ? end - position : least;
      const { readThroughMs, lag } = sampled;
      return { topic, partition, readThroughMs, position, lag };
    });
  }
}

/** The clock of each topic: that of its partition furthest behind. Topics not known yet are left out. */
export function topicClocks(partitions: readonly PartitionClock[]): Map<string, number> {
  const clocks = new Map<string, number | null>();
  for (const { topic, readThroughMs } of partitions) {
    const known = clocks.get(topic);
    const isUnknown = readThroughMs === null || known === null;
    clocks.set(topic, isUnknown ? null : Math.min(known ?? readThroughMs, readThroughMs));
  }
  const known = [...clocks].filter((entry): entry is [string, number] => entry[1] !== null);
  return new Map(known);
}

function note({ samples }: Sampled, sample: Sample): void {
  // An end never falls, unless the topic was made anew: what was noted then is never reached.
  while ((samples.at(-1)?.end ?? 0n) > sample.end) samples.pop();
  const last = samples.at(-1);
  if (last?.end === sample.end) {
    last.atMs = sample.atMs;
    return;
  }
  samples.push(sample);
  thinOut(samples);
}

function settle(sampled: Sampled, position: bigint): void {
  const { samples } = sampled;
  for (let first = samples[0]; first !== undefined && first.end <= position; first = samples[0]) {
    sampled.readThroughMs = first.atMs;
    samples.shift();
  }
}

/** One text per partition, for maps. */
export function partitionKey({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${String(partition)}`;
}
