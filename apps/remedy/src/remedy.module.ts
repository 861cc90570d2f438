import {
  MessageChannels,
  MessageRenderer,
  PayoutProviders,
  Remedy,
  type ClockMode,
  type Database,
  type Wake,
} from '@amends/application';
import { LiquidMessageRenderer } from '@amends/channels';
import type { OutboxRelay, OwnEventFeed } from '@amends/messaging';
import { PgHistory } from '@amends/persistence';
import type { HealthChecks, Logger, Metrics } from '@amends/platform';
import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { AuditKeeping } from './audit-keeper';
import { RemedyMetrics } from './remedy-metrics';
import { RemedyWorkers } from './remedy-workers';

/** As whom its pool works. */
export const REMEDY_ROLES = { remedy: 'remedy' } as const;

/** What remedy is made with. */
export interface RemedyParts {
  /** Over a pool of its own: at least eight connections. */
  readonly database: Database;
  readonly wake: Wake;
  readonly clock: ClockMode;
  /** Takes what happens to Kafka; null without a broker. */
  readonly relay: OutboxRelay | null;
  /** Takes it to the rules that watch it; null where another process does. */
  readonly ownEvents: OwnEventFeed | null;
  readonly topicsOf: (type: string) => readonly string[];
  readonly providers: PayoutProviders;
  readonly channels: MessageChannels;
  readonly audit: AuditKeeping;
  /** How often providers are reconciled; 0: never by itself. */
  readonly reconcileHours: number;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  readonly logger: Logger;
}

/** The use cases' context, with its metrics and logs: for this app, and for whoever shares them. */
export function createRemedy(
  parts: Omit<
    RemedyParts,
    'audit' | 'channels' | 'health' | 'ownEvents' | 'relay' | 'reconcileHours'
  >,
): Remedy {
  const { database, providers, wake, clock, topicsOf, metrics, logger } = parts;
  const observer = new RemedyMetrics(metrics, logger);
  return new Remedy({
    database,
    history: new PgHistory(),
    observer,
    providers,
    wake,
    clock,
    topicsOf,
  });
}

/** From an incident to money moved and an apology sent. */
@Module({})
export class RemedyModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly workers: RemedyWorkers) {}

  static forRoot(parts: RemedyParts): DynamicModule {
    const remedy = createRemedy(parts);
    const { audit, channels, logger, metrics, ownEvents, relay, reconcileHours } = parts;
    const renderer = new LiquidMessageRenderer();
    const telling = { relay, ownEvents };
    const loops = { channels, renderer, logger, metrics, audit, reconcileHours };
    const workers = new RemedyWorkers({ remedy, ...telling, ...loops });
    parts.health.add('remedy', () => queueHealth(parts.database));
    if (relay !== null) parts.health.add('outbox', () => outboxHealth(parts.database));
    return {
      module: RemedyModule,
      providers: [
        { provide: Remedy, useValue: remedy },
        { provide: MessageRenderer, useValue: renderer },
        { provide: RemedyWorkers, useValue: workers },
      ],
      exports: [Remedy],
    };
  }

  onApplicationBootstrap(): void {
    this.workers.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.workers.stop();
  }
}

const LATE_SECONDS = 60;

/** Degraded when a decision has waited for a minute though it could be made. */
async function queueHealth(database: Database) {
  const { rows } = await database.query<{ late: boolean }>(
    `select exists (select 1 from decision_queue
       where not_before < now() - interval '${String(LATE_SECONDS)} seconds') as late`,
  );
  return rows[0]?.late === true
    ? { status: 'degraded' as const, detail: 'decisions have been waiting for a minute' }
    : { status: 'ok' as const };
}

/** Degraded when Kafka has not been told for a minute what happened. */
async function outboxHealth(database: Database) {
  const { rows } = await database.query<{ late: boolean }>(
    `select exists (select 1 from generate_series(0, 15) s (shard)
       join lateral (select at from outbox o where o.shard = s.shard order by id limit 1) o on true
       where o.at < now() - interval '${String(LATE_SECONDS)} seconds') as late`,
  );
  return rows[0]?.late === true
    ? { status: 'degraded' as const, detail: 'the outbox has been waiting for a minute' }
    : { status: 'ok' as const };
}
