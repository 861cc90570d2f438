import type { EventBatch, Fence } from '../events/event-source';
import type { FenceMove } from './detect-store';
import type { ReadRecord } from './read-records';

/** A batch as it is being worked off, in one transaction or several. */
export interface BatchWork {
  readonly batch: EventBatch;
  /** Decodes some of its records. */
  readonly read: (from: number, count: number) => readonly ReadRecord[];
  /** Records that are done; the fence has moved with them. */
  done: number;
  fence: Fence;
  isRefused: boolean;
  /** The stream clock as this owner left it; undefined: not known yet. */
  clockMs: number | undefined;
}

/** Some records of a batch, from where its work stands. */
export interface Taken {
  readonly work: BatchWork;
  readonly count: number;
}

export function readTaken({ work, count }: Taken): readonly ReadRecord[] {
  return work.read(work.done, count);
}

/** The swap that marks what was taken as read. */
export function moveOf(taken: Taken, records: readonly ReadRecord[]): FenceMove {
  let readTimeMs: number | null = null;
  for (const one of records) {
    const timeMs = timeOf(one);
    if (timeMs !== null && timeMs > (readTimeMs ?? Number.NEGATIVE_INFINITY)) readTimeMs = timeMs;
  }
  return { fence: taken.work.fence, nextOffset: nextOffsetOf(taken), readTimeMs };
}

/** Imports say nothing of how far the stream has come. */
function timeOf(one: ReadRecord): number | null {
  if (one.kind === 'advance') return one.toMs;
  return one.kind === 'event' && !one.record.history ? one.event.timeMs : null;
}

function nextOffsetOf({ work, count }: Taken): bigint {
  const { batch, done, fence } = work;
  if (done + count === batch.records.length) return batch.nextOffset;
  const last = batch.records[done + count - 1];
  return last === undefined ? fence.expected : last.offset + 1n;
}

export function markDone(taken: Taken): void {
  const { work, count } = taken;
  work.fence = { ...work.fence, expected: nextOffsetOf(taken) };
  work.done += count;
}

/** A stretch of a batch that is to be worked off, up to (not including) the record `until`. */
export interface Stretch {
  readonly work: BatchWork;
  readonly until: number;
}

/** What is left of the stretches: a transaction may have done a part, or lost the partition. */
export function leftOf(stretches: readonly Stretch[]): Taken[] {
  return stretches
    .filter(({ work }) => !work.isRefused)
    .map(({ work, until }) => ({ work, count: until - work.done }));
}

/** Two halves, in order; for finding the one record that the database refuses. */
export function halves(taken: readonly Taken[]): [Stretch[], Stretch[]] {
  const total = taken.reduce((sum, { count }) => sum + count, 0);
  let left = Math.ceil(total / 2);
  const first: Stretch[] = [];
  const second: Stretch[] = [];
  for (const { work, count } of taken) {
    const now = Math.min(left, count);
    left -= now;
    if (now > 0) first.push({ work, until: work.done + now });
    if (count > now) second.push({ work, until: work.done + count });
  }
  return [first, second];
}
