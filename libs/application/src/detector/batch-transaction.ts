import type { Slot } from '@amends/domain';
import { applyCustomerUpdated } from '../customers/apply-customer-updated';
import type { Fence } from '../events/event-source';
import type { StepProbe } from '../events/steps';
import { moveOf, recordsOf, type Taken } from './batch-work';
import { RowTaken, type DetectTx, type QuarantineRow } from './detect-store';
import { DetectStates } from './detect-states';
import { effectRows, type EffectRows } from './effect-rows';
import { evaluateStream } from './evaluate-stream';
import { evaluateWall } from './evaluate-wall';
import type { NotedEffect, Poisoned } from './evaluation';
import { forgetErased } from './forget-erased';
import { historyRows } from './history-rows';
import { inStep } from '../queries/in-step';
import type { LoadedRules } from './loaded-rules';
import { planWrites, type FiredSlots, type SlotWrites } from './plan-writes';
import { prepareBatch } from './prepared-batch';
import { quarantinedTimer, quarantineRow, RULE_FAILED } from './quarantine-rows';
import type { ReadRecord } from './read-records';
import { planStream, type StreamPlan } from './stream-plan';

/** Positions that were refused: somebody else owns those partitions. */
export class Refused extends Error {
  constructor(readonly fences: readonly Fence[]) {
    super('somebody else owns the partition');
  }
}

/** The rules have changed since they were compiled. */
export class NewRules extends Error {
  constructor(readonly generation: bigint) {
    super('the rules have changed');
  }
}

/** Somebody else wrote a state in between. */
export class StaleState extends Error {
  constructor(readonly slots: readonly Slot[]) {
    super('a state was changed by somebody else');
  }
}

export interface BatchContext {
  readonly rules: LoadedRules;
  readonly clock: 'wall' | 'stream';
  /** How far all topics have been read, epoch ms (wall clock). */
  readonly readThroughMs: number;
  /** Whether to lock states when they are read: after having been overtaken. */
  readonly lock: boolean;
  /** States to load beside those that the events name. */
  readonly extra: readonly Slot[];
  /** Customer files are filled from events that did not come through our own door. */
  readonly fillsCustomers: boolean;
  readonly probe: StepProbe;
}

export interface BatchResult {
  readonly taken: readonly Taken[];
  readonly clockMs: number | undefined;
  readonly rows: EffectRows;
  readonly opened: number;
  readonly closed: number;
  readonly refuted: number;
  readonly quarantined: readonly QuarantineRow[];
  readonly candidates: number;
  readonly evaluationMs: number;
  readonly firstTimerMs: number | null;
}

/** All that a batch causes, in the transaction of the caller (DESIGN.md, Positions and transactions). */
export async function runBatch(
  tx: DetectTx,
  wanted: readonly Taken[],
  context: BatchContext,
): Promise<BatchResult> {
  const { rules, probe } = context;
  const start = await startOf(tx, wanted, context);
  const taken = start === undefined ? wanted : cut(wanted, start.plan.readCount);
  const { nowMs } = await passFence(tx, taken, rules);
  probe('detector.after-fence');

  const records = forgetErased(recordsOf(taken), rules.erased);
  const batch = prepareBatch(records, rules);
  const states = new DetectStates(tx, rules, context.lock);
  const due = start?.plan.due ?? [];
  await states.load(batch.touched);
  await states.read([...due.map(({ slot }) => slot), ...context.extra]);
  await states.loadLinked(due.map(({ slot }) => ({ slot, events: [] })));

  const startMs = performance.now();
  const ownerless = due.filter(({ slot }) => isOwnerless(slot, rules, states));
  const evaluated =
    start === undefined
      ? evaluateWall(batch, rules, states, { nowMs, readThroughMs: context.readThroughMs })
      : evaluateStream(
          batch,
          { ...start.plan, due: due.filter((one) => !ownerless.includes(one)) },
          rules,
          states,
          start.clockMs,
        );
  const writes = planWrites(evaluated.evaluation.changedSlots(), states, rules, {
    untilMs: start === undefined ? Number.NEGATIVE_INFINITY : start.plan.fireBeforeMs - 1,
    broken: evaluated.poisoned.flatMap(({ slot }) => slot ?? []),
    ownerless: ownerless.map(({ slot }) => slot),
    isRedo: context.lock,
    ...(start === undefined ? { notBeforeMs: nowMs } : {}),
  } satisfies FiredSlots);
  const evaluationMs = performance.now() - startMs;

  probe('detector.before-state-write');
  const isStream = start !== undefined;
  // Sent in lock order without waiting for answers in between; only marks have to be known before.
  const written = writeState(tx, writes);
  const kept = keepHistory(tx, records, rules, isStream);
  const tell = (markOf: MarkOf) => writeFound(tx, evaluated.evaluation.noted, markOf);
  const [, , { rows, counts }] = await inStep(
    written,
    kept,
    isStream ? kept.then(tell) : tell(NO_MARKS),
  );
  const quarantined = setAside(records, evaluated.poisoned, nowMs);
  if (quarantined.length > 0) await tx.quarantine(quarantined);
  if (context.fillsCustomers) await fillCustomers(tx, records);
  const clockMs = 'clockMs' in evaluated ? (evaluated.clockMs as number) : undefined;
  probe('detector.before-commit');
  return {
    taken,
    clockMs,
    rows,
    ...counts,
    quarantined,
    candidates: batch.routes.reduce((sum, routes) => sum + routes.length, 0),
    evaluationMs,
    firstTimerMs: firstOf(writes),
  };
}

function firstOf({ newTimers, timers }: SlotWrites): number | null {
  return [...newTimers, ...timers].reduce<number | null>(
    (firstMs, { fireAtMs }) => Math.min(firstMs ?? fireAtMs, fireAtMs),
    null,
  );
}

interface StreamStart {
  readonly clockMs: number;
  readonly plan: StreamPlan;
}

/** Under the stream clock: where it stands, and what falls due in this batch. */
async function startOf(
  tx: DetectTx,
  [first]: readonly Taken[],
  { clock }: BatchContext,
): Promise<StreamStart | undefined> {
  if (clock === 'wall' || first === undefined) return undefined;
  const { work } = first;
  const clockMs = work.clockMs ?? (await tx.readTime(work.fence)) ?? Number.NEGATIVE_INFINITY;
  return { clockMs, plan: await planStream(tx, recordsOf([first]), clockMs) };
}

function cut([first]: readonly Taken[], readCount: number): Taken[] {
  return first === undefined ? [] : [{ work: first.work, count: readCount }];
}

export async function passFence(
  tx: DetectTx,
  taken: readonly Taken[],
  rules: LoadedRules,
): Promise<{ nowMs: number }> {
  const { refused, generation, nowMs } = await tx.fence(taken.map(moveOf));
  if (refused.length > 0) throw new Refused(refused);
  if (generation !== rules.generation) throw new NewRules(generation);
  return { nowMs };
}

/** A timer whose rule does not run any more, or whose state is gone. */
function isOwnerless(slot: Slot, rules: LoadedRules, states: DetectStates): boolean {
  return rules.ruleSet.entryOf(slot) === undefined || states.storedBySlot(slot) === null;
}

/** @throws StaleState when somebody else was faster */
export async function writeState(tx: DetectTx, writes: SlotWrites): Promise<void> {
  const { inserts, updates, deletes, newTimers, timers, timersGone } = writes;
  const isFresh = await inStep(
    tx.writeSlots(inserts, updates, deletes),
    tx.writeTimers(newTimers, timers, timersGone),
  ).then(
    ([isWhole]) => isWhole,
    (error: unknown) => {
      if (error instanceof RowTaken) return false;
      throw error;
    },
  );
  if (!isFresh)
    throw new StaleState([...inserts, ...updates, ...deletes, ...newTimers].map((w) => w.slot));
}

/** How much of history had been read when so many records had been; null under the wall clock. */
type MarkOf = (readCount: number) => bigint | null;

const NO_MARKS: MarkOf = () => null;

async function keepHistory(
  tx: DetectTx,
  records: readonly ReadRecord[],
  rules: LoadedRules,
  wantsMarks: boolean,
): Promise<MarkOf> {
  const rows = historyRows(records, rules.historyKeys);
  const seqs = rows.length === 0 ? [] : await tx.appendHistory(rows);
  if (!wantsMarks) return NO_MARKS;
  const [first] = seqs;
  const before = first === undefined ? await tx.historyMark() : first - 1n;
  let next = 0;
  const marks = [before];
  for (const { kind } of records) {
    marks.push(kind === 'event' ? (seqs[next++] ?? before) : (marks.at(-1) ?? before));
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

function setAside(
  records: readonly ReadRecord[],
  poisoned: readonly Poisoned[],
  nowMs: number,
): QuarantineRow[] {
  const unread = records.flatMap((one) => {
    if (one.kind !== 'bad') return [];
    return [quarantineRow(one, { ruleId: '', reason: one.reason, detail: one.detail }, nowMs)];
  });
  const threw = poisoned.flatMap((one) => {
    const { ruleId, message, index, slot } = one;
    if (slot !== null) return [quarantinedTimer(one, nowMs)];
    const record = records[index ?? -1];
    if (record === undefined) return [];
    return [quarantineRow(record, { ruleId, reason: RULE_FAILED, detail: message }, nowMs)];
  });
  return [...unread, ...threw];
}

async function fillCustomers(tx: DetectTx, records: readonly ReadRecord[]): Promise<void> {
  const events = records.flatMap((one) => (one.kind === 'event' ? [one.event] : []));
  await applyCustomerUpdated(tx.sql, events);
}
