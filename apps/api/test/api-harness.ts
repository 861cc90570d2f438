import {
  type AdvanceClock,
  type AuditAnchor,
  type DecodedRecord,
  type EventReplayer,
  type PersonTokens,
  type StreamRecord,
  ApiKeys,
  PayoutProviders,
  QuarantineReplay,
  Remedy,
  RemedyObserver,
  Topics,
  Wake,
} from '@amends/application';
import { DEFAULT_TOPICS, decodeStructured, eventTopic, ruleJsonSchema } from '@amends/contracts';
import { LogEventSink } from '@amends/messaging';
import { PgDatabase, PgHistory, Pools } from '@amends/persistence';
import {
  createLogger,
  createMetrics,
  HealthChecks,
  type Logger,
  type Metrics,
} from '@amends/platform';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { API_ROLES } from '../src/api-parts';
import { ApiModule } from '../src/api.module';
import { configureHttp } from '../src/http/configure-http';
import { publishDocuments } from '../src/openapi/publish-documents';
import { Drain } from '../src/routes/system/drain';

const AMPLE = { ingestPerSecond: 10_000, restPerSecond: 10_000, holdsPerSecond: 10_000 };

export const ADMIN_KEY = 'admin-key-of-the-tests';

export interface HarnessOptions {
  readonly clock?: 'wall' | 'stream';
  readonly quotas?: Partial<typeof AMPLE>;
  readonly hstsSeconds?: number;
  readonly people?: PersonTokens;
  readonly metricsToken?: string;
  readonly anchors?: readonly AuditAnchor[];
  readonly logger?: Logger;
}

/** The REST side by itself over a real database: no detector, no remedy workers. */
export interface ApiHarness {
  readonly url: string;
  /** As the owner: for what a spec puts there or looks at. */
  readonly database: PgDatabase;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  readonly drain: Drain;
  /** Ids that were replayed from quarantine, and instants that the clock was moved to. */
  readonly told: { readonly replayed: string[]; readonly advancedToMs: number[] };
  /** A request as Admin; a body that is no text is sent as JSON. */
  call(path: string, init?: CallInit): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallInit {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: without a key. */
  readonly key?: string | null;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly etag: string | null;
  /** The body as JSON. */
  // Specs look into answers of every shape.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly body: any;
}

export async function startApi(
  databaseUrl: string,
  options: HarnessOptions = {},
): Promise<ApiHarness> {
  // In the roles of the real thing: what a request may not do fails here as it would there.
  const pools = await Pools.open({
    url: databaseUrl,
    sizes: { api: 5, ingest: 2, urgent: 2, desk: 4, spec: 2 },
    as: API_ROLES,
  });
  const database = new PgDatabase(pools.get('api'));
  const urgent = new PgDatabase(pools.get('urgent'));
  await new ApiKeys(database).ensureAdmin(ADMIN_KEY, Date.now());
  const logger = options.logger ?? createLogger({ app: 'api', level: 'error' });
  const [metrics, health, drain] = [createMetrics(), new HealthChecks(), new Drain()];
  const told = { replayed: [] as string[], advancedToMs: [] as number[] };
  const module = ApiModule.forRoot({
    ...stream(pools, database, told),
    database,
    remedy: remedyOf(new PgDatabase(pools.get('desk'))),
    urgent: { database: urgent, remedy: remedyOf(urgent) },
    logger,
    metrics,
    health,
    documents: publishDocuments(ruleJsonSchema()),
    drain,
    clock: options.clock ?? 'wall',
    quotas: { ...AMPLE, ...options.quotas },
    hstsSeconds: options.hstsSeconds ?? 0,
    people: options.people,
    metricsToken: options.metricsToken,
    anchors: options.anchors ?? [],
  });
  const app = await NestFactory.create<NestExpressApplication>(module, {
    bodyParser: false,
    logger: ['error', 'warn'],
    abortOnError: false,
  });
  configureHttp(app, { logger, metrics, drain, hstsSeconds: options.hstsSeconds ?? 0 });
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const close = async () => {
    await app.close();
    await pools.close();
  };
  const call = (path: string, init: CallInit = {}) => send(url + path, init);
  return {
    url,
    database: new PgDatabase(pools.get('spec')),
    metrics,
    health,
    drain,
    told,
    call,
    close,
  };
}

function stream(
  pools: Pools,
  database: PgDatabase,
  told: { replayed: string[]; advancedToMs: number[] },
) {
  const wake = new Wake();
  const topics = Topics.byType((type) => eventTopic(type), DEFAULT_TOPICS);
  const replayer: EventReplayer = {
    append: (_sql, { event }) => Promise.resolve(void told.replayed.push(event.id)),
  };
  const quarantineReplay = new QuarantineReplay(database, replayer, decode, wake);
  const advanceClock: AdvanceClock = {
    execute: (toMs) => {
      told.advancedToMs.push(toMs);
      return Promise.resolve(toMs);
    },
  };
  const sink = new LogEventSink({ pool: pools.get('ingest'), topics, wake });
  return { sink, wake, quarantineReplay, advanceClock };
}

function decode({ value }: StreamRecord): DecodedRecord {
  const decoded = decodeStructured(value ?? '', null);
  if (decoded.ok) return decoded;
  return { ok: false, code: decoded.code, detail: decoded.errors[0]?.message ?? '' };
}

function remedyOf(database: PgDatabase): Remedy {
  return new Remedy({
    database,
    history: new PgHistory(),
    observer: new RemedyObserver(),
    providers: new PayoutProviders([]),
    wake: new Wake(),
    clock: 'wall',
    topicsOf: (type) => [eventTopic(type)],
  });
}

async function send(url: string, { method = 'GET', body, headers, key }: CallInit) {
  const isText = typeof body === 'string' || body instanceof Uint8Array || body === undefined;
  const response = await fetch(url, {
    method,
    headers: {
      ...(key === null ? {} : { Authorization: `Bearer ${key ?? ADMIN_KEY}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isText ? (body as string) : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').includes('json');
  return {
    status: response.status,
    headers: response.headers,
    text,
    etag: response.headers.get('etag'),
    body: isJson && text !== '' ? (JSON.parse(text) as unknown) : undefined,
  };
}
