import { Database, EventSink, History } from '@amends/application';
import { HealthChecks } from '@amends/platform';
import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core';
import { AccessGuard } from './http/access.guard';
import { CallInterceptor } from './http/call.interceptor';
import { ProblemFilter } from './http/problem.filter';
import { OwnPages } from './http/own-pages';
import { QuotaGuard, Quotas } from './http/quota.guard';
import { ReplyInterceptor } from './http/reply.interceptor';
import { SessionCookie } from './http/session-cookie';
import { ApiKeysController } from './routes/api-keys/api-keys.controller';
import { ApprovalsController } from './routes/approvals/approvals.controller';
import { AuditController } from './routes/audit/audit.controller';
import { BudgetsController } from './routes/budgets/budgets.controller';
import { CalendarsController } from './routes/calendars/calendars.controller';
import { ClockController } from './routes/clock/clock.controller';
import { CompensationsController } from './routes/compensations/compensations.controller';
import { CustomersController } from './routes/customers/customers.controller';
import { EventsController } from './routes/events/events.controller';
import { HoldsController } from './routes/holds/holds.controller';
import { IncidentsController } from './routes/incidents/incidents.controller';
import { JobsController } from './routes/jobs/jobs.controller';
import { MessagesController } from './routes/messages/messages.controller';
import { PayoutHooksController } from './routes/payout-hooks/payout-hooks.controller';
import { NoticesController } from './routes/notices/notices.controller';
import { QuarantineController } from './routes/quarantine/quarantine.controller';
import { RolloutController } from './routes/rules/rollout.controller';
import { RulesController } from './routes/rules/rules.controller';
import { SessionController } from './routes/session/session.controller';
import { SettingsController } from './routes/settings/settings.controller';
import { UrgentDatabase } from './routes/shared/urgent-database';
import type { ApiParts } from './parts';
import { ServiceClock } from './routes/shared/service-clock';
import { Drain } from './routes/system/drain';
import { MetricsAccess } from './routes/system/metrics-access';
import { MetricsSource } from './routes/system/metrics-source';
import { PublishedDocuments } from './routes/system/published-documents';
import { SystemController } from './routes/system/system.controller';
import { TemplatesController } from './routes/templates/templates.controller';
import { WalletsController } from './routes/wallets/wallets.controller';
import { Upkeep } from './upkeep';
import { useCases } from './use-cases';

const CONTROLLERS = [
  EventsController,
  TemplatesController,
  CalendarsController,
  RulesController,
  RolloutController,
  IncidentsController,
  CompensationsController,
  ApprovalsController,
  HoldsController,
  JobsController,
  BudgetsController,
  CustomersController,
  WalletsController,
  MessagesController,
  QuarantineController,
  SettingsController,
  ApiKeysController,
  SessionController,
  AuditController,
  PayoutHooksController,
  NoticesController,
  ClockController,
  SystemController,
];

/** REST: ingest, everything people and the console do, and what operators look at. */
@Module({})
export class ApiModule implements OnApplicationBootstrap, BeforeApplicationShutdown {
  constructor(private readonly upkeep: Upkeep) {}

  static forRoot(parts: ApiParts): DynamicModule {
    return {
      module: ApiModule,
      controllers: CONTROLLERS,
      providers: [...values(parts), ...useCases(parts), ...edge()],
    };
  }

  onApplicationBootstrap(): void {
    this.upkeep.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.upkeep.stop();
  }
}

function values(parts: ApiParts): Provider[] {
  const isHttpsOnly = parts.hstsSeconds > 0;
  return [
    { provide: Database, useValue: parts.database },
    { provide: History, useValue: parts.remedy.history },
    { provide: EventSink, useValue: parts.sink },
    { provide: HealthChecks, useValue: parts.health },
    { provide: PublishedDocuments, useValue: parts.documents },
    { provide: Drain, useValue: parts.drain },
    { provide: OwnPages, useValue: new OwnPages(isHttpsOnly) },
    { provide: SessionCookie, useValue: new SessionCookie(isHttpsOnly) },
    { provide: Quotas, useValue: parts.quotas },
    { provide: ServiceClock, useValue: new ServiceClock(parts.clock) },
    { provide: MetricsAccess, useValue: new MetricsAccess(parts.metricsToken) },
    { provide: UrgentDatabase, useValue: new UrgentDatabase(parts.urgent.database) },
    { provide: Upkeep, useValue: upkeepOf(parts) },
    { provide: MetricsSource, useValue: new MetricsSource(parts.metrics) },
  ];
}

function upkeepOf({ urgent, remedy, logger }: ApiParts): Upkeep {
  return new Upkeep(urgent.database, remedy.database, remedy.history, logger);
}

/** Every request passes these, in this order. */
function edge(): Provider[] {
  return [
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: APP_GUARD, useClass: QuotaGuard },
    { provide: APP_INTERCEPTOR, useClass: CallInterceptor },
    { provide: APP_INTERCEPTOR, useClass: ReplyInterceptor },
    { provide: APP_FILTER, useClass: ProblemFilter },
  ];
}
