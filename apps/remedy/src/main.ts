import 'reflect-metadata';
import { FollowTopics, readTopicRoutes, Wake } from '@amends/application';
import {
  allowOutbound,
  createAuditAnchors,
  createMessageChannels,
  createPayoutProviders,
} from '@amends/channels';
import { createTopics, kafkaSecurity } from '@amends/messaging';
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
import { createOwnEvents } from './create-own-events';
import { createRelay } from './create-relay';
import { adapterSettings, RemedyConfig } from './remedy-config';
import { REMEDY_ROLES, RemedyModule } from './remedy.module';
import { serveOperations } from './serve-operations';

/** Deciders, payer and sender each hold one connection while they work. */
const CONNECTIONS = 16;

/** Remedy as a process of its own; the standalone program composes the same module. */
export async function main(): Promise<void> {
  const config = readConfig(RemedyConfig);
  const logger = createLogger({ app: 'remedy', level: config.LOG_LEVEL });
  const metrics = createMetrics();
  const health = new HealthChecks();
  const settings = adapterSettings(config);
  allowOutbound(config.AMENDS_OUTBOUND_PRIVATE ?? []);
  const providers = createPayoutProviders(settings.payout);
  const { channels, close } = createMessageChannels(settings.message);
  const pools = await openPools(config, logger);
  const database = new PgDatabase(pools.get('remedy'));
  const input = config.KAFKA_BROKERS === undefined ? 'log' : 'kafka';
  const topics = createTopics(config.AMENDS_CLOCK, await readTopicRoutes(database), input);
  const following = new FollowTopics(database, topics, (err) => {
    logger.warn('the settings could not be read', { err });
  });
  following.start();
  const brokers = config.KAFKA_BROKERS ?? [];
  const telling = { security: kafkaSecurity(config), pool: pools.get('remedy'), metrics, logger };
  const shared = { wake: new Wake(), clock: config.AMENDS_CLOCK };
  const app = await NestFactory.createApplicationContext(
    RemedyModule.forRoot({
      database,
      ...shared,
      relay: createRelay(brokers, telling),
      ownEvents: createOwnEvents(brokers, { ...shared, ...telling, topics }),
      topicsOf: topics.topicsOf,
      providers,
      channels,
      audit: {
        anchors: createAuditAnchors(settings.audit),
        everyMs: settings.audit.everyMs,
      },
      reconcileHours: config.PAYOUT_RECONCILE_HOURS,
      metrics,
      health,
      logger,
    }),
    { logger: new NestLogger(logger) },
  );
  const operations = await serveOperations({ port: config.PORT, health, metrics });
  logger.info('remedy is running', { port: operations.port });

  let isEnding = false;
  const end = (signal: NodeJS.Signals): void => {
    if (isEnding) return;
    isEnding = true;
    logger.info('ending', { signal });
    const endings = [
      { name: 'remedy', end: () => app.close() },
      { name: 'operations', end: () => operations.close() },
      { name: 'topics', end: () => following.stop() },
      { name: 'channels', end: close },
      { name: 'connections', end: () => pools.close() },
    ];
    void shutDown(endings, logger).then((code) => process.exit(code));
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
}

/** Over the schema as it has to be, in our role where that can be had. */
async function openPools(config: RemedyConfig, logger: Logger): Promise<Pools> {
  const { DATABASE_URL: url, AMENDS_DATABASE_ROLES: mode } = config;
  await migrate(url);
  return Pools.open({
    url,
    sizes: { remedy: CONNECTIONS },
    as: await takeRoles(url, REMEDY_ROLES, { mode, onUnused: warnUnusedRoles(logger) }),
    outbox: config.KAFKA_BROKERS !== undefined,
    onConnectionError: (role, err) => {
      logger.warn('a database connection broke and is replaced', { name: role, err });
    },
  });
}

if (require.main === module) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  });
}
