import { ApiKeys, readTopicRoutes, SeedAccount, Wake } from '@amends/application';
import {
  allowOutbound,
  createAuditAnchors,
  createMessageChannels,
  createPayoutProviders,
} from '@amends/channels';
import { createTopics, kafkaSecurity } from '@amends/messaging';
import { migrate, PgDatabase, Pools, takeRoles } from '@amends/persistence';
import {
  createMetrics,
  HealthChecks,
  type Ending,
  type Logger,
  warnUnusedRoles,
} from '@amends/platform';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { collectDefaultMetrics } from 'prom-client';
import { API_POOLS, API_ROLES, API_STATEMENT_TIMEOUT_MS, apiParts } from '../../api/src/api-parts';
import { edgeSettings } from '../../api/src/edge-settings';
import { connectProducer } from '../../api/src/connect-producer';
import { configureHttp } from '../../api/src/http/configure-http';
import { endHttp } from '../../api/src/http/end-http';
import { createDetector, DETECTOR_ROLES } from '../../detector/src/detector.module';
import { createOwnEvents } from '../../remedy/src/create-own-events';
import { createRelay } from '../../remedy/src/create-relay';
import { adapterSettings } from '../../remedy/src/remedy-config';
import { createRemedy, REMEDY_ROLES } from '../../remedy/src/remedy.module';
import type { StandaloneConfig } from './config';
import { openDatabase } from './open-database';
import { QuietNestLogger } from './quiet-nest-logger';
import { readSeed } from './read-seed';
import { samplePools } from './sample-pools';
import { StandaloneModule } from './standalone.module';

export interface RunningService {
  /** Where it listens. */
  readonly url: string;
  /** The first Admin key, if it was made just now: to be printed, once. */
  readonly adminKey: string | undefined;
  /** To be called when that is printed: whoever waits for `/readyz` may then look for it. */
  readonly announced: () => void;
}

const WORKER_POOLS = { detector: 5, timers: 5, remedy: 12 } as const;
const ROLES = { ...API_ROLES, ...DETECTOR_ROLES, ...REMEDY_ROLES } as const;
/** Evaluation per transaction: REST shares the process. */
const CHUNK_MS = 50;

/**
 * Starts everything in one process: database, schema, examples, REST, detector and remedy. What has
 * to be ended is added to `endings` as it comes up, the database first and so ended last.
 */
export async function startService(
  config: StandaloneConfig,
  logger: Logger,
  endings: Ending[],
): Promise<RunningService> {
  const opened = await openDatabase(config, logger);
  endings.unshift({ name: 'database', end: () => opened.close() });
  await migrate(opened.url);
  const pools = await openPools(opened.url, config, logger, endings);
  const database = new PgDatabase(pools.api.get('api'));
  await seed(database, logger);
  const { AMENDS_ADMIN_KEY: configured } = config;
  const keys = new ApiKeys(database);
  // One that is configured works from the first request on.
  if (configured !== undefined) await keys.ensureAdmin(configured, Date.now());
  const parts = await composeParts(config, pools, logger, endings);
  const app = await NestFactory.create<NestExpressApplication>(StandaloneModule.forRoot(parts), {
    bodyParser: false,
    abortOnError: false,
    logger: new QuietNestLogger(logger),
  });
  configureHttp(app, parts.api);
  endings.unshift({ name: 'service', end: () => endHttp(app, parts.api.drain) });
  const { strategy } = parts.detector;
  if (strategy !== null) {
    app.connectMicroservice({ strategy });
    await app.startAllMicroservices();
  }
  const announced = parts.api.health.hold('start', 'the service is starting');
  await app.listen(config.PORT, config.HOST);
  // One that is made is shown once, so it is made only when the start cannot fail any more.
  const adminKey = await keys.ensureAdmin(configured, Date.now());
  return { url: await app.getUrl(), adminKey, announced };
}

interface ServicePools {
  readonly api: Pools;
  readonly workers: Pools;
}

async function openPools(
  url: string,
  { KAFKA_BROKERS: brokers, AMENDS_DATABASE_ROLES: mode }: StandaloneConfig,
  logger: Logger,
  endings: Ending[],
): Promise<ServicePools> {
  const onConnectionError = (name: string, err: Error): void => {
    logger.warn('a database connection broke and is replaced', { name, err });
  };
  const as = await takeRoles(url, ROLES, {
    mode,
    onUnused: warnUnusedRoles(logger),
  });
  const shared = { url, as, outbox: brokers !== undefined, onConnectionError };
  const statementTimeoutMs = API_STATEMENT_TIMEOUT_MS;
  const api = await Pools.open({ ...shared, sizes: API_POOLS, statementTimeoutMs });
  endings.unshift({ name: 'connections of the api', end: () => api.close() });
  const workers = await Pools.open({ ...shared, sizes: WORKER_POOLS });
  endings.unshift({ name: 'connections of the workers', end: () => workers.close() });
  return { api, workers };
}

async function seed(database: PgDatabase, logger: Logger): Promise<void> {
  const { added, failed } = await new SeedAccount(database).execute(readSeed());
  if (added > 0) logger.info('examples added', { count: added });
  for (const { id, error } of failed) {
    logger.error('an example could not be added', { name: id, err: error });
  }
}

async function composeParts(
  config: StandaloneConfig,
  pools: ServicePools,
  logger: Logger,
  endings: Ending[],
) {
  const { AMENDS_CLOCK: clock, KAFKA_BROKERS: brokers = [] } = config;
  const security = kafkaSecurity(config);
  const routes = await readTopicRoutes(new PgDatabase(pools.api.get('api')));
  // The detector, which is in this process, keeps them in step with the settings.
  const topics = createTopics(clock, routes, brokers.length > 0 ? 'kafka' : 'log');
  const metrics = createMetrics();
  collectDefaultMetrics({ register: metrics.registry });
  samplePools(metrics, [pools.api, pools.workers]);
  const shared = { wake: new Wake(), clock, metrics, health: new HealthChecks(), logger };
  allowOutbound(config.AMENDS_OUTBOUND_PRIVATE ?? []);
  const adapters = adapterSettings(config);
  const { channels, close } = createMessageChannels(adapters.message);
  endings.unshift({ name: 'channels', end: close });
  const anchors = createAuditAnchors(adapters.audit);
  const telling = { pool: pools.workers.get('remedy'), security, metrics, logger };
  const remedy = {
    ...shared,
    database: new PgDatabase(pools.workers.get('remedy')),
    relay: createRelay(brokers, telling),
    ownEvents: createOwnEvents(brokers, { ...shared, ...telling, topics }),
    topicsOf: topics.topicsOf,
    providers: createPayoutProviders(adapters.payout),
    channels,
    audit: { anchors, everyMs: adapters.audit.everyMs },
    reconcileHours: config.PAYOUT_RECONCILE_HOURS,
  };
  const producer = await connectProducer(brokers, topics.all, security);
  endings.unshift({ name: 'producer', end: () => producer?.disconnect() });
  return {
    remedy,
    detector: createDetector({
      ...shared,
      pool: pools.workers.get('detector'),
      timerPool: pools.workers.get('timers'),
      topics,
      brokers,
      security,
      groupId: config.AMENDS_KAFKA_GROUP,
      sessionTimeoutMs: config.AMENDS_KAFKA_SESSION_SECONDS * 1_000,
      chunkMs: CHUNK_MS,
      standstillMs: config.AMENDS_STANDSTILL_SECONDS * 1_000,
    }),
    api: apiParts({
      ...shared,
      pools: pools.api,
      topics,
      producer,
      remedyOver: (database) => createRemedy({ ...remedy, database }),
      ...edgeSettings(config),
      anchors,
    }),
  };
}
