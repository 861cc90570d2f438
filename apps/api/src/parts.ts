import type {
  AdvanceClock,
  AuditAnchor,
  ClockMode,
  Database,
  EventSink,
  PersonTokens,
  QuarantineReplay,
  Remedy,
  Wake,
} from '@amends/application';
import type { HealthChecks, Logger, Metrics } from '@amends/platform';
import type { Quotas } from './http/quota.guard';
import type { Drain } from './routes/system/drain';
import type { PublishedDocuments } from './routes/system/published-documents';

/** What the REST side is made with. */
export interface ApiParts {
  readonly database: Database;
  readonly sink: EventSink;
  readonly wake: Wake;
  /** Over the connections of the desk, the only ones here that may move money. */
  readonly remedy: Remedy;
  /** Over connections of their own: keys, idempotency and holds, which nothing may keep waiting. */
  readonly urgent: { readonly database: Database; readonly remedy: Remedy };
  readonly quarantineReplay: QuarantineReplay;
  /** Only asked under the stream clock. */
  readonly advanceClock: AdvanceClock;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  readonly documents: PublishedDocuments;
  readonly drain: Drain;
  readonly clock: ClockMode;
  readonly quotas: Quotas;
  readonly hstsSeconds: number;
  readonly people: PersonTokens | undefined;
  readonly metricsToken: string | undefined;
  readonly anchors: readonly AuditAnchor[];
  readonly logger: Logger;
}
