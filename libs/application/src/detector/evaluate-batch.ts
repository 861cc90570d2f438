import type { DomainEvent, Slot } from '@amends/domain';
import { CUSTOMER_UPDATED } from '../customers/apply-customer-updated';
import type { StepProbe } from '../events/steps';
import { NewRules, Refused } from './batch-redo';
import { moveOf, readTaken, type Taken } from './batch-work';
import type { DetectTx, HistoryAppend, QuarantineRow } from './detect-store';
import { DetectStates } from './detect-states';
import { evaluateStream } from './evaluate-stream';
import { evaluateWall } from './evaluate-wall';
import type { NotedEffect, Poisoned } from './evaluation';
import { forgetErased } from './forget-erased';
import { historyRows } from './history-rows';
import type { LoadedRules } from './loaded-rules';
import { planWrites, type FiredSlots, type SlotWrites } from './plan-writes';
import { prepareBatch } from './prepared-batch';
import { quarantinedTimer, quarantineRow, RULE_FAILED } from './quarantine-rows';
import type { ReadRecord } from './read-records';
import { planStream, type StreamPlan } from './stream-plan';

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

/** What is to be written of a batch, and nothing else of its events: they are many, and writing takes long. */
export interface BatchFindings {
  readonly taken: readonly Taken[];
  /** The stream clock afterwards; undefined under the wall clock. */
  readonly clockMs: number | undefined;
  readonly writes: SlotWrites;
  readonly noted: readonly NotedEffect[];
  readonly history: readonly HistoryAppend[];
  /** Under the stream clock: which of the records are events, so that an effect knows what came before it. */
  readonly areEvents: readonly boolean[] | undefined;
  readonly quarantined: readonly QuarantineRow[];
  readonly customerUpdates: readonly DomainEvent[];
  readonly events: number;
  readonly imported: number;
  readonly candidates: number;
  readonly evaluationMs: number;
}

/** Takes the positions, reads the states, and sees what the events come to. */
export async function evaluateBatch(
  tx: DetectTx,
  wanted: readonly Taken[],
  context: BatchContext,
): Promise<BatchFindings> {
  const { rules } = context;
  const start = await startOf(tx, wanted, context);
  const taken = start === undefined ? wanted : cut(wanted, start.plan.readCount);
  const read = taken.map(readTaken);
  const { nowMs } = await passFence(tx, taken, read, rules);
  context.probe('detector.after-fence');

  const records = forgetErased(read.flat(), rules.erased);
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
  return {
    taken,
    clockMs: 'clockMs' in evaluated ? (evaluated.clockMs as number) : undefined,
    writes,
    noted: evaluated.evaluation.noted,
    history: historyRows(records, rules.historyKeys),
    areEvents: start && records.map(({ kind }) => kind === 'event'),
    quarantined: setAside(records, evaluated.poisoned, nowMs),
    customerUpdates: context.fillsCustomers ? customerUpdatesIn(records) : [],
    events: records.length,
    imported: records.reduce((sum, { record }) => sum + (record.history ? 1 : 0), 0),
    candidates: batch.candidates,
    evaluationMs,
  };
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
  return { clockMs, plan: await planStream(tx, readTaken(first), clockMs) };
}

function cut([first]: readonly Taken[], readCount: number): Taken[] {
  return first === undefined ? [] : [{ work: first.work, count: readCount }];
}

/** @param read what was taken, decoded */
export async function passFence(
  tx: DetectTx,
  taken: readonly Taken[],
  read: readonly (readonly ReadRecord[])[],
  rules: LoadedRules,
): Promise<{ nowMs: number }> {
  const moves = taken.map((one, index) => moveOf(one, read[index] ?? []));
  const { refused, generation, nowMs } = await tx.fence(moves);
  if (refused.length > 0) throw new Refused(refused);
  if (generation !== rules.generation) throw new NewRules(generation);
  return { nowMs };
}

/** A timer whose rule does not run any more, or whose state is gone. */
function isOwnerless(slot: Slot, rules: LoadedRules, states: DetectStates): boolean {
  return rules.ruleSet.entryOf(slot) === undefined || states.storedBySlot(slot) === null;
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

function customerUpdatesIn(records: readonly ReadRecord[]): DomainEvent[] {
  const events: DomainEvent[] = [];
  for (const one of records) {
    if (one.kind === 'event' && one.event.type === CUSTOMER_UPDATED) events.push(one.event);
  }
  return events;
}
