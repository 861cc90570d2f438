import { applyCustomerUpdated } from '../customers/apply-customer-updated';
import type { StepProbe } from '../events/steps';
import { inStep } from '../queries/in-step';
import { StaleState } from './batch-redo';
import { RowTaken, type DetectTx, type HistoryAppend, type SeqRun } from './detect-store';
import { effectRows, type EffectRows } from './effect-rows';
import type { BatchFindings } from './evaluate-batch';
import type { NotedEffect } from './evaluation';
import type { SlotWrites } from './plan-writes';
import { seqsOf } from './seqs-of';

/** What became of a batch. */
export interface BatchResult extends Pick<
  BatchFindings,
  'taken' | 'clockMs' | 'quarantined' | 'events' | 'imported' | 'candidates' | 'evaluationMs'
> {
  readonly rows: EffectRows;
  readonly opened: number;
  readonly closed: number;
  readonly refuted: number;
  readonly firstTimerMs: number | null;
}

/**
 * Sends all statements in lock order without waiting for answers in between; only marks have to be known before.
 * Neither this nor what it calls awaits anything: a function that waits keeps all it was given alive, here thousands of
 * rows that have been sent, and several batches are always on their way.
 */
export async function writeBatch(
  tx: DetectTx,
  findings: BatchFindings,
  probe: StepProbe,
): Promise<BatchResult> {
  const { noted, areEvents, quarantined, customerUpdates } = findings;
  const { taken, clockMs, events, imported, candidates, evaluationMs } = findings;
  const told = { taken, clockMs, quarantined, events, imported, candidates, evaluationMs };
  const firstTimerMs = firstOf(findings.writes);
  probe('detector.before-state-write');
  const written = writeState(tx, findings.writes);
  const kept = keepHistory(tx, findings.history, areEvents);
  const tell = (markOf: MarkOf) => writeFound(tx, noted, markOf);
  const found = areEvents === undefined ? tell(NO_MARKS) : kept.then(tell);
  return inStep(written, kept, found).then(async ([, , { rows, counts }]) => {
    if (quarantined.length > 0) await tx.quarantine(quarantined);
    if (customerUpdates.length > 0) await applyCustomerUpdated(tx.sql, customerUpdates);
    probe('detector.before-commit');
    return { ...told, ...counts, rows, firstTimerMs };
  });
}

function firstOf({ newTimers, timers }: SlotWrites): number | null {
  let firstMs = Number.POSITIVE_INFINITY;
  for (const { fireAtMs } of newTimers) firstMs = Math.min(firstMs, fireAtMs);
  for (const { fireAtMs } of timers) firstMs = Math.min(firstMs, fireAtMs);
  return firstMs === Number.POSITIVE_INFINITY ? null : firstMs;
}

/** Rejects with StaleState when somebody else was faster. */
export async function writeState(tx: DetectTx, writes: SlotWrites): Promise<void> {
  const { inserts, updates, deletes, newTimers, timers, timersGone } = writes;
  const slots = [...inserts, ...updates, ...deletes, ...newTimers].map(({ slot }) => slot);
  return inStep(
    tx.writeSlots(inserts, updates, deletes),
    tx.writeTimers(newTimers, timers, timersGone),
  ).then(
    ([isWhole]) => {
      if (!isWhole) throw new StaleState(slots);
    },
    (error: unknown) => {
      throw error instanceof RowTaken ? new StaleState(slots) : error;
    },
  );
}

/** How much of history had been read when so many records had been; null under the wall clock. */
type MarkOf = (readCount: number) => bigint | null;

const NO_MARKS: MarkOf = () => null;

async function keepHistory(
  tx: DetectTx,
  rows: readonly HistoryAppend[],
  areEvents: readonly boolean[] | undefined,
): Promise<MarkOf> {
  const appended = rows.length === 0 ? Promise.resolve([]) : tx.appendHistory(rows);
  return areEvents === undefined
    ? appended.then(() => NO_MARKS)
    : appended.then((runs) => marksOf(tx, runs, areEvents));
}

async function marksOf(
  tx: DetectTx,
  runs: readonly SeqRun[],
  areEvents: readonly boolean[],
): Promise<MarkOf> {
  const seqs = seqsOf(runs);
  const [first] = seqs;
  const before = first === undefined ? await tx.historyMark() : first - 1n;
  let next = 0;
  const marks = [before];
  for (const isEvent of areEvents) {
    marks.push(isEvent ? (seqs[next++] ?? before) : (marks.at(-1) ?? before));
  }
  return (readCount) => marks[readCount] ?? before;
}

async function writeFound(tx: DetectTx, noted: readonly NotedEffect[], markOf: MarkOf) {
  const rows = effectRows(noted, markOf);
  return { rows, counts: await writeEffects(tx, rows) };
}

export async function writeEffects(
  tx: DetectTx,
  rows: EffectRows,
): Promise<{ opened: number; closed: number; refuted: number }> {
  const { incidents, decisions, closings, refutations, fanOuts } = rows;
  const opened =
    incidents.length + decisions.length === 0 ? 0 : await tx.addIncidents(incidents, decisions);
  const closed = closings.length === 0 ? 0 : await tx.closeIncidents(closings);
  const refuted = refutations.length === 0 ? 0 : await tx.refuteIncidents(refutations);
  if (fanOuts.length > 0) await tx.addFanOuts(fanOuts);
  return { opened, closed, refuted };
}
