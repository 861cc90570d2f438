import {
  AdvanceClock,
  type AuditAnchor,
  decodeStored,
  QuarantineReplay,
  type ClockMode,
  type Database,
  type DecodeRecord,
  type PersonTokens,
  type Remedy,
  type Topics,
  type Wake,
} from '@amends/application';
import { ruleJsonSchema } from '@amends/contracts';
import { createIngest, decodeKafkaRecord, type EventProducer } from '@amends/messaging';
import { PgDatabase, type Pools } from '@amends/persistence';
import { crashPoint, type HealthChecks, type Logger, type Metrics } from '@amends/platform';
import type { ApiParts } from './parts';
import type { Quotas } from './http/quota.guard';
import { publishDocuments } from './openapi/publish-documents';
import { Drain } from './routes/system/drain';

/** Connections that the REST side needs, by the role of its pool. */
export const API_POOLS = {
  api: 8,
  /** Keys, idempotency and holds: what must go on whatever the rest is busy with. */
  urgent: 4,
  ingest: 4,
  /** Where a person moves money or has a customer erased. */
  desk: 4,
} as const;

/** As whom they work: what REST does by the thousand cannot write to the ledger. */
export const API_ROLES = { api: 'api', urgent: 'api', ingest: 'api', desk: 'desk' } as const;

/** A question that takes longer than this is not worth its answer. */
export const API_STATEMENT_TIMEOUT_MS = 30_000;

export interface ApiOptions {
  /** With the roles of `API_POOLS`. */
  readonly pools: Pools;
  readonly wake: Wake;
  readonly clock: ClockMode;
  readonly topics: Topics;
  /** Connected; events go to Kafka instead of the log. */
  readonly producer?: EventProducer | undefined;
  /** The use cases that move money, over one of our pools. */
  readonly remedyOver: (database: Database) => Remedy;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  readonly logger: Logger;
  readonly quotas: Quotas;
  /** 0: nothing is said about https. */
  readonly hstsSeconds: number;
  /** Tokens of people; undefined: there are API keys only. */
  readonly people: PersonTokens | undefined;
  readonly metricsToken: string | undefined;
  /** Who keeps ends of the audit chain, to be asked when it is verified. */
  readonly anchors: readonly AuditAnchor[];
}

/** Puts the REST side together over its pools. */
export function apiParts(options: ApiOptions): ApiParts {
  const { pools, wake, clock, topics, producer, metrics, health, quotas, metricsToken } = options;
  const database = new PgDatabase(pools.get('api'));
  const urgent = new PgDatabase(pools.get('urgent'));
  const ingest = createIngest({
    pool: pools.get('ingest'),
    topics,
    wake,
    clock,
    probe: (step) => {
      crashPoint(step);
    },
    ...(producer === undefined ? {} : { producer }),
  });
  const decode: DecodeRecord = producer === undefined ? decodeStored : decodeKafkaRecord;
  health.add('database', async () => {
    await urgent.query('select 1');
    return { status: 'ok' };
  });
  return {
    database,
    remedy: options.remedyOver(new PgDatabase(pools.get('desk'))),
    urgent: { database: urgent, remedy: options.remedyOver(urgent) },
    sink: ingest.sink,
    quarantineReplay: new QuarantineReplay(database, ingest.replayer, decode, wake),
    advanceClock: ingest.advanceClock ?? new NoStreamClock(),
    wake,
    metrics,
    health,
    documents: publishDocuments(ruleJsonSchema()),
    drain: new Drain(),
    clock,
    quotas,
    hstsSeconds: options.hstsSeconds,
    people: options.people,
    metricsToken,
    anchors: options.anchors,
    logger: options.logger,
  };
}

/** Under the wall clock nobody asks it: the route answers before. */
class NoStreamClock extends AdvanceClock {
  execute(): Promise<number> {
    return Promise.reject(new Error('the service runs on the wall clock'));
  }
}
