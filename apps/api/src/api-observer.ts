import { RemedyObserver, type Incidence } from '@amends/application';
import type { LogContext, Logger, Metrics } from '@amends/platform';

/** What people's decisions bring about, in the metrics and the log of the REST side. */
export class ApiObserver extends RemedyObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    super();
  }

  override settled(kind: string, currency: string, minor: bigint): void {
    this.metrics.payoutAmount.inc({ currency, as: kind }, Number(minor));
  }

  override warn(what: string, about: Incidence): void {
    this.logger.warn(what, contextOf(about));
  }

  override alarm(what: string, about: Incidence): void {
    this.logger.error(what, contextOf(about));
  }
}

function contextOf({ incidentId, compensationId, holdId, error }: Incidence): LogContext {
  return {
    incident_id: incidentId,
    compensation_id: compensationId,
    hold_id: holdId,
    ...(error !== undefined && { err: error }),
  };
}
