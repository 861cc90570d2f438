import 'reflect-metadata';
import { ApiKeys, FollowTopics, readTopicRoutes, Remedy, Wake } from '@amends/application';
import { allowOutbound, createAuditAnchors, createPayoutProviders } from '@amends/channels';
import { createTopics, type EventProducer, kafkaSecurity } from '@amends/messaging';
import { migrate, PgDatabase, PgHistory, Pools, takeRoles } from '@amends/persistence';
import {
  auditAnchorSettings,
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
import type { NestExpressApplication } from '@nestjs/platform-express';
import { edgeSettings } from './edge-settings';
import { apiConfig, payoutSettings, type ApiConfig } from './api-config';
import { API_POOLS, API_ROLES, API_STATEMENT_TIMEOUT_MS, apiParts } from './api-parts';
import { ApiModule } from './api.module';
import { ApiObserver } from './api-observer';
import { connectProducer } from './connect-producer';
import { configureHttp } from './http/configure-http';
import { endHttp } from './http/end-http';
import type { ApiParts } from './parts';

/** REST as a process of its own; the standalone program composes the same module. */
async function main(): Promise<void> {
  const config = readConfig(apiConfig);
  const logger = createLogger({ app: 'api', level: config.LOG_LEVEL });
  await migrate(config.DATABASE_URL);
  const as = await takeRoles(config.DATABASE_URL, API_ROLES, {
    mode: config.AMENDS_DATABASE_ROLES,
    onUnused: warnUnusedRoles(logger),
  });
  const pools = await Pools.open({
    url: config.DATABASE_URL,
    sizes: API_POOLS,
    as,
    statementTimeoutMs: API_STATEMENT_TIMEOUT_MS,
    outbox: config.KAFKA_BROKERS !== undefined,
    onConnectionError: (name, err) => {
      logger.warn('a database connection broke and is replaced', { name, err });
    },
  });
  const { parts, producer, following } = await compose(config, pools, logger);
  const keys = new ApiKeys(parts.database);
  const { AMENDS_ADMIN_KEY: configured } = config;
  // One that is configured works from the first request on.
  if (configured !== undefined) await keys.ensureAdmin(configured, Date.now());
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.forRoot(parts), {
    bodyParser: false,
    logger: new NestLogger(logger),
  });
  configureHttp(app, parts);
  following.start();
  const announced = parts.health.hold('start', 'the service is starting');
  await app.listen(config.PORT, config.HOST);
  // One that is made is shown once, so it is made only when the start cannot fail any more.
  const adminKey = await keys.ensureAdmin(configured, Date.now());
  logger.info('the api is running', { port: config.PORT });
  if (adminKey !== undefined) {
    process.stdout.write(`First Admin key: ${adminKey}\nIt is not shown again: keep it.\n`);
  }
  announced();
  logger.info('ending', { signal: await stopSignal() });
  const code = await shutDown(
    [
      { name: 'service', end: () => endHttp(app, parts.drain) },
      { name: 'topics', end: () => following.stop() },
      { name: 'producer', end: () => producer?.disconnect() },
      { name: 'connections', end: () => pools.close() },
    ],
    logger,
  );
  process.exit(code);
}

async function compose(
  config: ApiConfig,
  pools: Pools,
  logger: Logger,
): Promise<{ parts: ApiParts; producer: EventProducer | undefined; following: FollowTopics }> {
  allowOutbound(config.AMENDS_OUTBOUND_PRIVATE ?? []);
  const database = new PgDatabase(pools.get('api'));
  const { AMENDS_CLOCK: clock, KAFKA_BROKERS: brokers = [] } = config;
  const routes = await readTopicRoutes(database);
  const topics = createTopics(clock, routes, brokers.length > 0 ? 'kafka' : 'log');
  const following = new FollowTopics(database, topics, (err) => {
    logger.warn('the settings could not be read', { err });
  });
  const metrics = createMetrics();
  const wake = new Wake();
  const producer = await connectProducer(brokers, topics.all, kafkaSecurity(config));
  const remedy = {
    history: new PgHistory(),
    observer: new ApiObserver(metrics, logger),
    providers: createPayoutProviders(payoutSettings(config)),
    wake,
    clock,
    topicsOf: topics.topicsOf,
  };
  const parts = apiParts({
    pools,
    wake,
    clock,
    topics,
    producer,
    remedyOver: (database) => new Remedy({ ...remedy, database }),
    metrics,
    health: new HealthChecks(),
    logger,
    ...edgeSettings(config),
    anchors: createAuditAnchors(auditAnchorSettings(config)),
  });
  return { parts, producer, following };
}

function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.on('SIGINT', resolve);
    process.on('SIGTERM', resolve);
  });
}

void main().catch((err: unknown) => {
  createLogger({ app: 'api', level: 'error' }).error('the api could not start', { err });
  process.exit(1);
});
