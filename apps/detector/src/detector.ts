import {
  BatchMerger,
  BatchRunner,
  ClockKeeper,
  clockNowMs,
  FanOutWorker,
  FireTimers,
  Repeating,
  RuleSetLoader,
  UndecidableCounter,
  type BatchHandler,
  type BatchReport,
  type ClockHeld,
  type DecodeRecord,
  type DetectorObserver,
  type EventSource,
  type LoadedRules,
  type PartitionClock,
  type StepProbe,
  type Topics,
  type Wake,
  type WakeTopic,
} from '@amends/application';
import {
  PgClockStore,
  PgDatabase,
  PgDetectStore,
  PgHistory,
  PgPositionStore,
  PgRuleCatalogue,
  PgTimerStore,
  PgUndecidableStore,
  TimerLeases,
} from '@amends/persistence';
import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { BatchSize } from './batch-size';
import { Upkeep } from './upkeep';

export interface DetectorOptions {
  /** Connections of the batches. */
  readonly pool: Pool;
  /** Connections of timers, clock and upkeep: events never wait for them. */
  readonly timerPool: Pool;
  readonly source: EventSource;
  readonly decode: DecodeRecord;
  readonly topics: Topics;
  readonly clock: 'wall' | 'stream';
  readonly wake: Wake;
  readonly observer: DetectorObserver;
  readonly probe: StepProbe;
  /** False only on Kafka input. */
  readonly durable: boolean;
  /** Whether `customer.updated` events are applied here: those of our own door have been. */
  readonly fillsCustomers: boolean;
  /** Work per transaction; less where other work shares the process. */
  readonly chunkMs: number;
  readonly onRulesLoaded?: (rules: LoadedRules, durationMs: number) => void;
  readonly onSampled?: (partitions: readonly PartitionClock[], nowMs: number) => void;
  readonly onLoopTurn?: (loop: string) => void;
  /** Reads gauges, every few seconds. */
  readonly sample?: (clockMs: number) => Promise<void>;
}

/** Transactions at a time: one computes while the database works on the other. */
const LANES = 3;
const CLOCK_MS = 250;
/** Whoever dies is replaced after it. */
const LEASE_MS = 3_000;
const RENEWALS = 3;
const RULES_MS = 250;
const UNDECIDABLE_MS = 500;
const FAN_OUT_MS = 250;
const SAMPLE_MS = 5_000;

/** Reads events, evaluates rules, keeps timers and the clock: everything from the stream to incidents. */
export class Detector {
  readonly rules: RuleSetLoader;
  readonly handle: BatchHandler;
  private readonly undecidable: UndecidableCounter;
  private readonly clockKeeper: ClockKeeper;
  private readonly timers: FireTimers;
  private readonly leases: TimerLeases;
  private readonly size: BatchSize;
  private readonly fanOuts: FanOutWorker;
  private readonly upkeep: Upkeep;
  private readonly loops: Repeating[] = [];

  constructor(private readonly options: DetectorOptions) {
    const { pool, timerPool, source, topics, observer, clock, durable, probe } = options;
    this.rules = new RuleSetLoader({
      catalogue: new PgRuleCatalogue(timerPool),
      topics,
      onBadRule: (ruleId, version, error) => {
        observer.onBadRule?.(ruleId, version, error);
      },
      ...(options.onRulesLoaded !== undefined && { onLoaded: options.onRulesLoaded }),
    });
    this.undecidable = new UndecidableCounter(new PgUndecidableStore(timerPool));
    this.size = new BatchSize(options.chunkMs);
    this.clockKeeper = new ClockKeeper({
      source,
      positions: new PgPositionStore(timerPool),
      store: new PgClockStore(timerPool),
      ...(options.onSampled !== undefined && { onSampled: options.onSampled }),
    });
    const shared = { rules: this.rules, undecidable: this.undecidable, durable, probe, observer };
    const runner = new BatchRunner({
      ...shared,
      store: new PgDetectStore(pool),
      decode: options.decode,
      clock,
      readThroughMs: () => this.clockKeeper.readThroughMs,
      fillsCustomers: options.fillsCustomers,
      onBatch: (report) => {
        this.onBatch(report);
      },
    });
    this.handle = new BatchMerger({
      run: (batches) => runner.run(batches),
      lanes: clock === 'stream' ? 1 : LANES,
      recordsMax: () => this.size.records,
    }).handle;
    this.leases = new TimerLeases(timerPool, randomUUID(), LEASE_MS);
    this.timers = new FireTimers({
      ...shared,
      store: new PgDetectStore(timerPool),
      timers: new PgTimerStore(timerPool),
      shards: () => this.leases.shards,
      clockOf: (topic) => this.clockKeeper.clockOf(topic),
      onFired: () => {
        options.wake.signal('decisions');
      },
    });
    const clockMs = () => this.clockMs();
    this.fanOuts = new FanOutWorker({
      ...shared,
      database: new PgDatabase(timerPool),
      history: new PgHistory(),
      store: new PgDetectStore(timerPool),
      clockMs,
      onFound: () => {
        options.wake.signal('decisions');
      },
    });
    const onError = (error: unknown, job: string): void => {
      observer.onError?.(error, job);
    };
    this.upkeep = new Upkeep({ pool: timerPool, clockMs, onError });
  }

  /** Partitions that hold the clock of their topic back. */
  get clockHeldBy(): readonly ClockHeld[] {
    return this.clockKeeper.heldBy;
  }

  /** Loads the rules and starts the loops; batches come through `handle`. */
  async start(): Promise<void> {
    await this.rules.current();
    await this.upkeep.start();
    const { clock, wake } = this.options;
    this.loop('rules', RULES_MS, () => this.rules.refresh());
    this.loop('undecidable', UNDECIDABLE_MS, () => this.undecidable.flush());
    this.loop('fan-out', FAN_OUT_MS, () => this.fanOuts.tick());
    const { sample } = this.options;
    if (sample !== undefined) {
      this.loop('sample', SAMPLE_MS, async () => sample(await this.clockMs()));
    }
    if (clock === 'stream') return;
    this.loop(
      'clock',
      CLOCK_MS,
      async () => {
        await this.clockKeeper.tick();
        wake.signal('timers');
      },
      this.wokenBy('clock'),
    );
    await this.renewLeases();
    this.loop('timer-leases', LEASE_MS / RENEWALS, () => this.renewLeases());
    const fire = async () => (await this.timers.tick()) > 0;
    this.loop('timers', CLOCK_MS, fire, this.wokenBy('timers'));
  }

  /** Waits for what runs. The source must have been stopped before. */
  async stop(): Promise<void> {
    await Promise.all(this.loops.splice(0).map((loop) => loop.stop()));
    await this.upkeep.stop();
    if (this.options.clock === 'wall')
      await this.leases.release().catch(this.reporting('timer-leases'));
    await this.undecidable.flush().catch(this.reporting('undecidable'));
  }

  private async renewLeases(): Promise<void> {
    await this.leases.renew();
    this.options.observer.onTimerShards?.(this.leases.shards.length);
  }

  private reporting(job: string) {
    return (error: unknown): void => {
      this.options.observer.onError?.(error, job);
    };
  }

  /** How far all has been read (wall clock), or the furthest event time read (stream clock). */
  private async clockMs(): Promise<number> {
    if (this.options.clock === 'wall') return this.clockKeeper.readThroughMs;
    return clockNowMs(new PgDatabase(this.options.timerPool), 'stream');
  }

  private onBatch(report: BatchReport): void {
    this.size.learn(report.events, report.evaluationMs);
    this.options.observer.onBatch?.(report);
    if (report.firstTimerMs !== null) this.timers.notice(report.firstTimerMs);
    if (this.clockKeeper.hasCaughtUp(report.read)) this.options.wake.signal('clock');
    if (report.decisions > 0) this.options.wake.signal('decisions');
  }

  private wokenBy(topic: WakeTopic) {
    const { wake } = this.options;
    return {
      mark: () => wake.mark(topic),
      wait: (waitMs: number, mark: number | undefined) => wake.wait(topic, waitMs, mark),
    };
  }

  private loop(
    name: string,
    everyMs: number,
    turn: () => Promise<unknown>,
    waiting: Pick<ConstructorParameters<typeof Repeating>[1], 'mark' | 'wait'> = {},
  ): void {
    const { observer, onLoopTurn } = this.options;
    this.loops.push(
      new Repeating(turn, {
        everyMs,
        ...waiting,
        onError: (error) => {
          observer.onError?.(error, name);
        },
        onTurn: () => onLoopTurn?.(name),
      }),
    );
  }
}
