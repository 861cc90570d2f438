import type { Slot } from '@amends/domain';
import type { BatchOutcome, EventBatch, Fence } from '../events/event-source';
import type { StepProbe } from '../events/steps';
import { NewRules, Refused, StaleState } from './batch-redo';
import { runBatch } from './batch-transaction';
import {
  halves,
  leftOf,
  markDone,
  readTaken,
  type BatchWork,
  type Stretch,
  type Taken,
} from './batch-work';
import type { DetectStore, QuarantineRow } from './detect-store';
import type { BatchReport, DetectorObserver } from './detector-observer';
import { passFence } from './evaluate-batch';
import type { LoadedRules } from './loaded-rules';
import { quarantineRow, UNSTORABLE } from './quarantine-rows';
import { readRecords, type DecodeRecord } from './read-records';
import type { RuleSetLoader } from './rule-set-loader';
import type { UndecidableCounter } from './undecidable-counter';
import type { BatchResult } from './write-batch';

export interface BatchRunnerOptions {
  readonly store: DetectStore;
  readonly rules: RuleSetLoader;
  readonly decode: DecodeRecord;
  readonly clock: 'wall' | 'stream';
  /** How far all topics have been read, epoch ms; -Infinity while it is not known. */
  readonly readThroughMs: () => number;
  /** False only on Kafka input: position and effects are lost together and read again. */
  readonly durable: boolean;
  readonly fillsCustomers: boolean;
  readonly undecidable: UndecidableCounter;
  readonly observer: DetectorObserver;
  readonly probe: StepProbe;
  /** After each transaction. */
  readonly onBatch: (report: BatchReport) => void;
}

/** Works batches off: those given together share one transaction. */
export class BatchRunner {
  /** The stream clock per fence, so that it need not be read for every batch. */
  private readonly clocks = new Map<string, { readonly epoch: bigint; readonly clockMs: number }>();

  constructor(private readonly options: BatchRunnerOptions) {}

  async run(batches: readonly EventBatch[]): Promise<Map<EventBatch, BatchOutcome>> {
    const works = batches.map((batch) => this.workOf(batch));
    await this.workOff(works.map((work) => ({ work, until: work.batch.records.length })));
    return new Map(works.map((work) => [work.batch, work.isRefused ? 'fenced' : 'done']));
  }

  private workOf(batch: EventBatch): BatchWork {
    const { decode, clock } = this.options;
    const known = this.clocks.get(placeOf(batch.fence));
    // A batch of the stream clock may take many turns; else decoding again after a redo is cheaper than keeping all.
    const all = clock === 'stream' ? readRecords(batch, batch.records, decode, true) : undefined;
    return {
      batch,
      read: (from, count) =>
        all?.slice(from, from + count) ??
        readRecords(batch, batch.records.slice(from, from + count), decode, false),
      done: 0,
      fence: batch.fence,
      isRefused: false,
      clockMs: known?.epoch === batch.fence.epoch ? known.clockMs : undefined,
    };
  }

  /** Works records off; what the database refuses is halved until the one record is found. */
  private async workOff(stretches: readonly Stretch[]): Promise<void> {
    try {
      // Once even without records: the position moves over what holds nothing for us.
      do await this.attempt(stretches);
      while (leftOf(stretches).some(({ count }) => count > 0));
    } catch (error) {
      if (!this.options.store.isAboutData(error)) throw error;
      const left = leftOf(stretches);
      const count = left.reduce((sum, taken) => sum + taken.count, 0);
      if (count === 0) throw error;
      this.options.observer.onError?.(error, 'batch');
      if (count === 1) await this.setAside(left, error);
      else for (const half of halves(left)) await this.workOff(half);
    }
  }

  /** One transaction, done again while others are in the way. */
  private async attempt(stretches: readonly Stretch[]): Promise<void> {
    const { observer, rules: loader, store, durable } = this.options;
    let overtaken: Slot[] | undefined;
    for (;;) {
      const left = leftOf(stretches);
      if (left.length === 0) return;
      const rules = await loader.current();
      const startMs = performance.now();
      try {
        const result = await store.transaction(
          (tx) => runBatch(tx, left, this.contextOf(rules, overtaken)),
          { durable, onRedo: (reason) => observer.onRedo?.(reason) },
        );
        this.options.probe('detector.after-commit');
        this.settle(result, performance.now() - startMs);
        return;
      } catch (error) {
        if (error instanceof StaleState) {
          observer.onRedo?.('stale_state');
          overtaken = [...(overtaken ?? []), ...error.slots];
        } else await this.recover(error, left);
      }
    }
  }

  private contextOf(rules: LoadedRules, overtaken: readonly Slot[] | undefined) {
    const { clock, readThroughMs, fillsCustomers, probe } = this.options;
    return {
      rules,
      clock,
      readThroughMs: readThroughMs(),
      lock: overtaken !== undefined,
      extra: overtaken ?? [],
      fillsCustomers,
      probe,
    };
  }

  private async recover(error: unknown, left: readonly Taken[]): Promise<void> {
    const { observer, rules } = this.options;
    if (error instanceof NewRules) {
      observer.onRedo?.('rules');
      await rules.atLeast(error.generation);
      return;
    }
    if (!(error instanceof Refused)) throw error;
    for (const { work } of left) {
      if (!error.fences.includes(work.fence)) continue;
      work.isRefused = true;
      observer.onFenced?.(work.batch.topic, work.batch.partition);
    }
  }

  private settle(result: BatchResult, durationMs: number): void {
    const { observer, undecidable } = this.options;
    for (const one of result.taken) markDone(one);
    const [first] = result.taken;
    if (first === undefined) return;
    if (result.clockMs !== undefined) {
      const { fence } = first.work;
      first.work.clockMs = result.clockMs;
      this.clocks.set(placeOf(fence), { epoch: fence.epoch, clockMs: result.clockMs });
    }
    undecidable.add(result.rows.undecidable);
    observer.onUndecidable?.(result.rows.undecidable.length);
    observer.onIncidents?.('opened', result.opened);
    observer.onIncidents?.('closed', result.closed);
    observer.onIncidents?.('refuted', result.refuted);
    for (const { reason } of result.quarantined) observer.onQuarantined?.(reason);
    this.options.onBatch({
      source: first.work.fence.source,
      topic: first.work.batch.topic,
      read: result.taken.map(({ work: { batch, fence } }) => ({
        topic: batch.topic,
        partition: batch.partition,
        position: fence.expected,
      })),
      events: result.events,
      imported: result.imported,
      quarantined: result.quarantined.length,
      candidates: result.candidates,
      durationMs,
      evaluationMs: result.evaluationMs,
      firstTimerMs: result.firstTimerMs,
      decisions: result.rows.decisions.length + result.rows.refutations.length,
    });
  }

  /** Passes over a record that the database takes in no form, with its reason. */
  private async setAside(taken: readonly Taken[], cause: unknown): Promise<void> {
    const { store, durable, observer, rules: loader } = this.options;
    const detail = cause instanceof Error ? cause.message : String(cause);
    for (;;) {
      const rules = await loader.current();
      try {
        await store.transaction(
          async (tx) => {
            const read = taken.map(readTaken);
            const { nowMs } = await passFence(tx, taken, read, rules);
            const rows = read.flat().map((one): QuarantineRow => {
              const fault = { ruleId: '', reason: UNSTORABLE, detail };
              const bare = quarantineRow(one, fault, nowMs);
              return {
                ...bare,
                eventSource: null,
                eventId: null,
                eventType: null,
                customerId: null,
              };
            });
            await tx.quarantine(rows);
          },
          { durable, onRedo: (reason) => observer.onRedo?.(reason) },
        );
        for (const one of taken) markDone(one);
        observer.onQuarantined?.(UNSTORABLE);
        return;
      } catch (error) {
        await this.recover(error, taken);
        if (taken.every(({ work }) => work.isRefused)) return;
      }
    }
  }
}

function placeOf({ source, topic, partition }: Fence): string {
  return `${source}/${topic}/${String(partition)}`;
}
