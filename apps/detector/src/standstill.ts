import type { PartitionClock } from '@amends/application';
import type { HealthReport } from '@amends/platform';

interface Seen {
  readonly position: bigint;
  readonly sinceMs: number;
}

/** Older, a sample says nothing about now: the database or the broker does not answer. */
const SAMPLE_AGE_MAX_MS = 30_000;

/**
 * A process that has records to read and does not move: found where both the database and the broker
 * answer, so that a restart is what can help. Times are a clock's that never jumps, ms.
 */
export class Standstill {
  private seen = new Map<string, Seen>();
  private sampledMs = Number.NEGATIVE_INFINITY;

  constructor(private readonly afterMs: number) {}

  /** @param partitions those this process has to read */
  sampled(partitions: readonly PartitionClock[], nowMs: number): void {
    const behind = partitions.filter(({ lag }) => lag > 0n);
    this.seen = new Map(
      behind.map(({ topic, partition, position }) => {
        const key = `${topic}/${String(partition)}`;
        const before = this.seen.get(key);
        const isStill = before?.position === position;
        return [key, isStill ? before : { position, sinceMs: nowMs }];
      }),
    );
    this.sampledMs = nowMs;
  }

  check(nowMs: number): HealthReport {
    if (nowMs - this.sampledMs > SAMPLE_AGE_MAX_MS) return { status: 'ok' };
    const still = [...this.seen].find(([, { sinceMs }]) => nowMs - sinceMs >= this.afterMs);
    if (still === undefined) return { status: 'ok' };
    return { status: 'down', detail: `events of ${still[0]} wait, and none is being read` };
  }
}
