import type { DetectTx, DueTimer } from './detect-store';
import type { ReadRecord } from './read-records';

/** How much of a batch is worked on under the stream clock, and the timers that fall due in it. */
export interface StreamPlan {
  /** Records read; those after wait for the next transaction. */
  readonly readCount: number;
  readonly due: readonly DueTimer[];
  /** After the last record read, timers before this instant fire too. */
  readonly fireBeforeMs: number;
}

const DUE_MAX = 2_000;

/**
 * Timers fire between events, so those due before the last event of a batch are needed with it. Where
 * they are very many, the batch is cut: the first of them fire now, the rest with what follows.
 */
export async function planStream(
  tx: DetectTx,
  records: readonly ReadRecord[],
  startClockMs: number,
): Promise<StreamPlan> {
  const bounds = boundsOf(records, startClockMs);
  const lastBoundMs = bounds.at(-1) ?? startClockMs;
  const due = await tx.timersBefore(lastBoundMs, DUE_MAX);
  const lastDue = due.at(-1);
  if (due.length < DUE_MAX || lastDue === undefined) {
    return { readCount: records.length, due, fireBeforeMs: lastBoundMs };
  }
  const fireBeforeMs = lastDue.fireAtMs + 1;
  const cut = bounds.findIndex((boundMs) => boundMs > fireBeforeMs);
  return { readCount: cut < 0 ? records.length : cut, due, fireBeforeMs };
}

/** Per record, the instant before which timers fire before it is read. Never falls. */
export function boundsOf(records: readonly ReadRecord[], startClockMs: number): number[] {
  let boundMs = startClockMs;
  return records.map((one) => {
    // Up to and with the instant that was asked for; an event lets only earlier ones go first.
    if (one.kind === 'advance') boundMs = Math.max(boundMs, one.toMs + 1);
    if (one.kind === 'event' && !one.record.history) boundMs = Math.max(boundMs, one.event.timeMs);
    return boundMs;
  });
}
