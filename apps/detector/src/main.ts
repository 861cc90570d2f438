import 'reflect-metadata';
import { readTopicRoutes, Wake } from '@amends/application';
import { createKafka, createTopics, ensureTopics, kafkaSecurity } from '@amends/messaging';
import { migrate, PgDatabase, Pools, takeRoles } from '@amends/persistence';
import {
  createLogger,
  createMetrics,
  HealthChecks,
  NestLogger,
  readConfig,
  shutDown,
  type Logger,
  warnUnusedRoles,
} from '@amends/platform';
import { NestFactory } from '@nestjs/core';
import { detectorConfig, type DetectorConfig } from './detector-config';
import {
  createDetector,
  DETECTOR_ROLES,
  DetectorModule,
  type DetectorRuntime,
} from './detector.module';
import { startOpsServer } from './ops-server';

/** Evaluation per transaction in a process that does nothing else. */
const CHUNK_MS = 500;
const KAFKA_PARTITIONS = 4;

async function main(): Promise<void> {
  const config = readConfig(detectorConfig);
  const logger = createLogger({ app: 'detector', level: config.LOG_LEVEL });
  const health = new HealthChecks();
  const metrics = createMetrics();
  await migrate(config.DATABASE_URL);
  const as = await takeRoles(config.DATABASE_URL, DETECTOR_ROLES, {
    mode: config.AMENDS_DATABASE_ROLES,
    onUnused: warnUnusedRoles(logger),
  });
  const poolSize = config.AMENDS_DETECTOR_POOL;
  const pools = await Pools.open({
    url: config.DATABASE_URL,
    sizes: { detector: poolSize, timers: poolSize },
    as,
    outbox: config.KAFKA_BROKERS !== undefined,
    onConnectionError: (role, err) => {
      logger.warn('a database connection broke', { name: role, err });
    },
  });
  const runtime = await makeRuntime(config, pools, { logger, health, metrics });
  const app = await NestFactory.create(DetectorModule.forRoot(runtime), {
    logger: new NestLogger(logger),
  });
  if (runtime.strategy !== null) {
    app.connectMicroservice({ strategy: runtime.strategy });
    await app.startAllMicroservices();
  }
  await app.init();
  const ops = await startOpsServer(config.AMENDS_OPS_PORT, health, metrics);
  logger.info('the detector is running', { port: config.AMENDS_OPS_PORT });
  await terminationSignal();
  const code = await shutDown(
    [
      { name: 'operations', end: () => ops.close() },
      { name: 'detector', end: () => app.close() },
      // Last: everything above still writes while it drains.
      { name: 'connections', end: () => pools.close() },
    ],
    logger,
  );
  process.exit(code);
}

interface Shared {
  readonly logger: Logger;
  readonly health: HealthChecks;
  readonly metrics: ReturnType<typeof createMetrics>;
}

async function makeRuntime(
  config: DetectorConfig,
  pools: Pools,
  shared: Shared,
): Promise<DetectorRuntime> {
  const routes = await readTopicRoutes(new PgDatabase(pools.get('timers')));
  const brokers = config.KAFKA_BROKERS ?? [];
  const input = brokers.length > 0 ? 'kafka' : 'log';
  const topics = createTopics(config.AMENDS_CLOCK, routes, input);
  const security = kafkaSecurity(config);
  if (brokers.length > 0) {
    const kafka = createKafka({ brokers, security, clientId: 'amends-detector-admin' });
    await ensureTopics(kafka, topics.all, KAFKA_PARTITIONS);
  }
  return createDetector({
    ...shared,
    pool: pools.get('detector'),
    timerPool: pools.get('timers'),
    wake: new Wake(),
    clock: config.AMENDS_CLOCK,
    topics,
    brokers,
    security,
    groupId: config.AMENDS_KAFKA_GROUP,
    sessionTimeoutMs: config.AMENDS_KAFKA_SESSION_SECONDS * 1_000,
    chunkMs: CHUNK_MS,
    standstillMs: config.AMENDS_STANDSTILL_SECONDS * 1_000,
  });
}

function terminationSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
  });
}

void main().catch((error: unknown) => {
  const logger = createLogger({ app: 'detector', level: 'error' });
  logger.error('the detector could not start', { err: error });
  process.exit(1);
});
