import type { EventBatch, Fence } from '../events/event-source';
import type { FenceMove } from './detect-store';
import type { ReadRecord } from './read-records';

/** A batch as it is being worked off, in one transaction or several. */
export interface BatchWork {
  readonly batch: EventBatch;
  readonly records: readonly ReadRecord[];
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

export function recordsOf(taken: readonly Taken[]): ReadRecord[] {
  return taken.flatMap(({ work, count }) => work.records.slice(work.done, work.done + count));
}

/** The swap that marks the first `count` records of what is left as read. */
export function moveOf({ work, count }: Taken): FenceMove {
  const { batch, records, done, fence } = work;
  const last = records[done + count - 1];
  const isAll = done + count === records.length;
  const partly = last === undefined ? fence.expected : last.record.offset + 1n;
  const times = records.slice(done, done + count).flatMap((one) => {
    if (one.kind === 'advance') return [one.toMs];
    return one.kind === 'event' && !one.record.history ? [one.event.timeMs] : [];
  });
  return {
    fence,
    nextOffset: isAll ? batch.nextOffset : partly,
    readTimeMs: times.length === 0 ? null : times.reduce((a, b) => Math.max(a, b)),
  };
}

export function markDone({ work, count }: Taken): void {
  const { nextOffset } = moveOf({ work, count });
  work.fence = { ...work.fence, expected: nextOffset };
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
