import { RemedyObserver, type Incidence, type RemedyStep } from '@amends/application';
import { crashPoint, type Logger, type LogContext, type Metrics } from '@amends/platform';

/** Makes metrics, log lines and crash points of what remedy tells. */
export class RemedyMetrics extends RemedyObserver {
  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {
    super();
  }

  override reached(step: RemedyStep): void {
    crashPoint(step);
  }

  override decided(outcome: string, count: number): void {
    this.metrics.decisions.inc({ outcome }, count);
  }

  override limited(
    kind: 'limit' | 'budget' | 'ceiling',
    effect: 'trim' | 'skip' | 'review' | 'hold',
  ): void {
    this.metrics.limitsHit.inc({ kind, effect });
  }

  override totalMoved(): void {
    this.metrics.decisionsRedone.inc();
  }

  override decidedIn(seconds: number): void {
    this.metrics.decisionSeconds.observe(seconds);
  }

  override attempted(provider: string, outcome: string, seconds: number): void {
    this.metrics.payouts.inc({ provider, outcome });
    this.metrics.payoutSeconds.observe({ provider }, seconds);
  }

  override circuit(provider: string, state: 'closed' | 'open' | 'half-open'): void {
    this.metrics.payoutCircuitOpen.set({ provider }, state === 'closed' ? 0 : 1);
    if (state === 'open') this.logger.error('a payout provider is let alone', { name: provider });
    if (state === 'closed') this.logger.info('a payout provider works again', { name: provider });
  }

  override inFlight(provider: string, count: number): void {
    this.metrics.payoutsInFlight.set({ provider }, count);
  }

  override settled(kind: string, currency: string, minor: bigint): void {
    // A counter is a double: beyond 2^53 minor units its last digits are a guess, and only there.
    this.metrics.payoutAmount.inc({ currency, as: kind }, Number(minor));
  }

  override messaged(
    channel: string,
    outcome: 'sent' | 'retried' | 'failed',
    seconds: number,
  ): void {
    this.metrics.messages.inc({ channel, outcome });
    this.metrics.messageSeconds.observe({ channel }, seconds);
  }

  override apologised(seconds: number): void {
    this.metrics.eventToApologySeconds.observe(seconds);
  }

  override madeGood(step: 'detected' | 'moved' | 'told', seconds: number): void {
    this.metrics.failureSeconds.observe({ until: step }, seconds);
  }

  override guardrailTripped(guard: string): void {
    this.metrics.guardrailTrips.inc({ guard });
  }

  override booksChecked(differences: number): void {
    this.metrics.bookDifferences.set(differences);
  }

  override warn(what: string, about: Incidence): void {
    this.logger.warn(what, contextOf(about));
  }

  override alarm(what: string, about: Incidence): void {
    this.logger.error(what, contextOf(about));
  }
}

function contextOf(about: Incidence): LogContext {
  return {
    incident_id: about.incidentId,
    compensation_id: about.compensationId,
    message_id: about.messageId,
    hold_id: about.holdId,
    rule_id: about.ruleId,
    trace_id: about.traceId,
    attempt: about.attempt,
    code: about.code,
    ...(about.error !== undefined && { err: about.error }),
  };
}
