import {
  decodeStored,
  type Assignment,
  type EventSource,
  type StepProbe,
  type Topics,
  type Wake,
} from '@amends/application';
import {
  createKafka,
  decodeKafkaRecord,
  KafkaBatchServer,
  KafkaEventSource,
  LogEventSource,
  type KafkaSecurity,
} from '@amends/messaging';
import { PgDatabase, PgPositionStore } from '@amends/persistence';
import { crashPoint, type HealthChecks, type Logger, type Metrics } from '@amends/platform';
import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { Pool } from 'pg';
import { Detector } from './detector';
import { DetectorMetrics } from './detector-metrics';
import { createEventsController } from './events.controller';
import { Standstill } from './standstill';

/** As whom its pools work. */
export const DETECTOR_ROLES = { detector: 'detector', timers: 'detector' } as const;

/** What the detector is made with. */
export interface DetectorParts {
  /** Of its own: at least four connections. */
  readonly pool: Pool;
  /** For timers, clock and upkeep; of its own, at least four connections. */
  readonly timerPool: Pool;
  readonly wake: Wake;
  readonly clock: 'wall' | 'stream';
  readonly topics: Topics;
  /** Empty: events come from the log in PostgreSQL. */
  readonly brokers: readonly string[];
  readonly security?: KafkaSecurity;
  readonly groupId: string;
  readonly sessionTimeoutMs?: number;
  /** Evaluation per transaction: short where other work shares the process. */
  readonly chunkMs: number;
  /** `/healthz` fails when records wait and none was read for so long. */
  readonly standstillMs: number;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  readonly logger: Logger;
}

/** The detector with its source, before Nest has anything to do with it. */
export interface DetectorRuntime {
  readonly detector: Detector;
  readonly source: EventSource;
  /** To be connected as a microservice when the input is Kafka. */
  readonly strategy: KafkaBatchServer | null;
}

export function createDetector(parts: DetectorParts): DetectorRuntime {
  const { pool, timerPool, wake, clock, topics, chunkMs, metrics, logger } = parts;
  const observer = new DetectorMetrics(metrics, logger);
  const isKafka = parts.brokers.length > 0;
  const source = isKafka ? kafkaSource(parts, observer) : logSource(parts, observer);
  const probe: StepProbe = (step) => {
    crashPoint(step);
  };
  const standstill = new Standstill(parts.standstillMs);
  const isMine = ({ topic, partition }: Assignment): boolean =>
    source instanceof KafkaEventSource
      ? source.answersFor({ topic, partition })
      : source.assignments().some((one) => one.topic === topic && one.partition === partition);
  const detector: Detector = new Detector({
    pool,
    timerPool,
    source,
    decode: isKafka ? decodeKafkaRecord : decodeStored,
    topics,
    clock,
    wake,
    observer,
    probe,
    durable: !isKafka,
    fillsCustomers: isKafka,
    chunkMs,
    onLoopTurn: (loop) => {
      observer.onLoopTurn(loop);
    },
    sample: (clockMs) => observer.sample(new PgDatabase(timerPool), clockMs),
    onRulesLoaded: (rules, durationMs) => {
      observer.onRulesLoaded(rules, durationMs);
    },
    onSampled: (partitions, nowMs) => {
      observer.onSampled(partitions, nowMs, detector.clockHeldBy);
      standstill.sampled(partitions.filter(isMine), performance.now());
    },
  });
  parts.health.add('detector', () => healthOf(detector));
  if (source instanceof KafkaEventSource) parts.health.add('stream', () => readinessOf(source));
  parts.health.addLiveness('stream', () => standstill.check(performance.now()));
  const strategy = source instanceof KafkaEventSource ? new KafkaBatchServer(source) : null;
  return { detector, source, strategy };
}

class RuntimeHolder {
  constructor(readonly value: DetectorRuntime) {}
}

/** From the stream to incidents. */
@Module({})
export class DetectorModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly runtime: RuntimeHolder) {}

  static forRoot(runtime: DetectorRuntime): DynamicModule {
    const { strategy, detector, source } = runtime;
    return {
      module: DetectorModule,
      providers: [{ provide: RuntimeHolder, useValue: new RuntimeHolder(runtime) }],
      // The log has no need of a transport: its batches go straight to the handler.
      controllers:
        strategy === null ? [] : [createEventsController(source.topics, detector.handle)],
    };
  }

  async onApplicationBootstrap(): Promise<void> {
    const { detector, source, strategy } = this.runtime.value;
    await detector.start();
    if (strategy === null) await source.start(detector.handle);
  }

  /** Nest closes transports only after this; the batch that runs must end before the pools do. */
  async beforeApplicationShutdown(): Promise<void> {
    const { detector, source } = this.runtime.value;
    await source.stop();
    await detector.stop();
  }
}

function logSource({ pool, timerPool, topics, wake }: DetectorParts, observer: DetectorMetrics) {
  return new LogEventSource({
    pool,
    positions: new PgPositionStore(timerPool),
    topics,
    wake,
    onError: (error) => {
      observer.onError(error, 'log');
    },
  });
}

function kafkaSource(parts: DetectorParts, observer: DetectorMetrics): KafkaEventSource {
  const {
    brokers,
    security = {},
    groupId,
    sessionTimeoutMs,
    topics,
    timerPool,
    logger,
    metrics,
  } = parts;
  const kafka = createKafka({
    brokers,
    security,
    clientId: 'amends-detector',
    onLog: (level, message) => {
      logger[level](message, { component: 'kafka' });
    },
  });
  return new KafkaEventSource({
    kafka,
    groupId,
    ...(sessionTimeoutMs !== undefined && { sessionTimeoutMs }),
    topics: topics.all,
    positions: new PgPositionStore(timerPool),
    onError: (error) => {
      observer.onError(error, 'kafka');
    },
    onAssigned: () => {
      metrics.streamRebalances.inc();
    },
    onStopped: ({ topic, partition }, why) => {
      metrics.streamPartitionsStopped.set({ topic, partition: String(partition) }, 1);
      logger.error('a partition is not read until its position is set', {
        topic,
        partition,
        reason: why,
      });
    },
    onReleased: ({ topic, partition }) => {
      metrics.streamPartitionsStopped.set({ topic, partition: String(partition) }, 0);
    },
    onRebuild: () => {
      metrics.streamConsumerRebuilds.inc();
    },
  });
}

const HELD_MAX_MS = 60_000;

/** Degraded when a partition has held the clock for a minute: deadlines do not fire. */
function healthOf(detector: Detector) {
  const held = detector.clockHeldBy.find(({ heldMs }) => heldMs > HELD_MAX_MS);
  if (held === undefined) return { status: 'ok' as const };
  const detail = `the clock is held by ${held.topic}/${String(held.partition)}`;
  return { status: 'degraded' as const, detail };
}

/** Ready is: assigned, and reading what is assigned. Degraded: a person has to set a position. */
function readinessOf(source: KafkaEventSource) {
  if (!source.isReading) return { status: 'down' as const, detail: 'has no assignment it reads' };
  const [first] = source.stopped;
  if (first === undefined) return { status: 'ok' as const };
  const detail = `${first.topic}/${String(first.partition)} is stopped: ${first.why}`;
  return { status: 'degraded' as const, detail };
}
