import { thinOut } from './thin-out';

interface Sample {
  /** When it was taken, epoch ms: before the ends of the topics. */
  readonly atMs: number;
  /** What happened by then had gone into the stream, epoch ms. */
  readonly throughMs: number;
}

/**
 * How far our own events have been read. They lie in a table before they go into the stream, and what is still there
 * has not been read, however far the topics have: a backlog of ours is no breach either (semantics 10).
 */
export class OwnEventsThrough {
  private readonly samples: Sample[] = [];
  private throughMs: number | undefined;

  /**
   * @param nowMs the database's clock, taken before the ends of the topics
   * @param oldestMs when the oldest happened that is not in the stream yet; null: none waits
   * @param leastMs how far all topics have been read; -Infinity: not known
   * @returns epoch ms; undefined: not known yet
   */
  sample(nowMs: number, oldestMs: number | null, leastMs: number): number | undefined {
    const { samples } = this;
    samples.push({ atMs: nowMs, throughMs: Math.min(nowMs, (oldestMs ?? nowMs) - 1) });
    for (let first = samples[0]; first && first.atMs <= leastMs; first = samples[0]) {
      this.throughMs = Math.max(this.throughMs ?? first.throughMs, first.throughMs);
      samples.shift();
    }
    thinOut(samples);
    return this.throughMs;
  }
}
