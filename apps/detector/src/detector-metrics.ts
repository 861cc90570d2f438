import {
  type BatchReport,
  type ClockHeld,
  type DetectorObserver,
  type LoadedRules,
  type PartitionClock,
} from '@amends/application';
import type { PgDatabase } from '@amends/persistence';
import type { Logger, Metrics } from '@amends/platform';
import { sampleDetector } from './sample-detector';

const MS_PER_SECOND = 1_000;
/** Records wait and nobody has moved the position for so long: nobody owns it, or who does hangs. */
const UNREAD_AFTER_MS = 60_000;

/** What the detector tells, as metrics and log lines. */
export class DetectorMetrics implements DetectorObserver {
  private readonly turnsMs = new Map<string, number>();

  constructor(
    private readonly metrics: Metrics,
    private readonly logger: Logger,
  ) {}

  onBatch(report: BatchReport): void {
    const { source, topic, events, quarantined, candidates } = report;
    const { metrics } = this;
    metrics.batchSeconds.observe({ source }, report.durationMs / MS_PER_SECOND);
    metrics.batchEvents.observe({ source }, events);
    metrics.evaluationSeconds.observe(report.evaluationMs / MS_PER_SECOND);
    metrics.rulesEvaluated.inc(candidates);
    metrics.eventsConsumed.inc({ topic, outcome: 'evaluated' }, events - quarantined);
    if (quarantined > 0) metrics.eventsConsumed.inc({ topic, outcome: 'quarantined' }, quarantined);
    this.logger.debug('a batch is done', {
      source,
      events,
      incidents: report.decisions,
      duration_ms: Math.round(report.durationMs),
    });
  }

  onBadRule(ruleId: string, version: number, err: unknown): void {
    const context = { rule_id: ruleId, rule_version: version, err };
    this.logger.error('a stored rule does not compile and is left out', context);
  }

  onRedo(reason: string): void {
    this.metrics.batchesRedone.inc({ reason });
  }

  onFenced(topic: string, partition: number): void {
    this.metrics.fenceRejections.inc({ topic });
    this.logger.info('another process has taken the partition over', { topic, partition });
  }

  onIncidents(change: 'opened' | 'closed' | 'refuted', count: number): void {
    if (count > 0) this.metrics.incidents.inc({ change }, count);
  }

  onUndecidable(count: number): void {
    if (count > 0) this.metrics.rulesUndecidable.inc(count);
  }

  onQuarantined(reason: string): void {
    this.metrics.quarantined.inc({ reason });
    this.logger.warn('an event was put into quarantine', { reason });
  }

  onTimersFired(count: number, lagMs: number): void {
    this.metrics.timersFired.inc({ outcome: 'fired' }, count);
    this.metrics.timerLagSeconds.observe(Math.max(lagMs, 0) / MS_PER_SECOND);
  }

  onError(err: unknown, where: string): void {
    this.logger.error('the detector met an error and goes on', { name: where, err });
  }

  /** Set again at every sample, so that a loop that hangs is seen to age. */
  onTimerShards(count: number): void {
    this.metrics.timerShardsActive.set(count);
  }

  onLoopTurn(loop: string): void {
    this.turnsMs.set(loop, performance.now());
  }

  async sample(database: PgDatabase, clockMs: number): Promise<void> {
    for (const [loop, atMs] of this.turnsMs) {
      const seconds = (performance.now() - atMs) / MS_PER_SECOND;
      this.metrics.loopSecondsSinceTurn.set({ loop }, seconds);
    }
    await sampleDetector(database, this.metrics, clockMs);
  }

  onRulesLoaded({ generation, ruleSet }: LoadedRules, durationMs: number): void {
    this.metrics.ruleSetGeneration.set(Number(generation));
    this.metrics.ruleCompileSeconds.observe(durationMs / MS_PER_SECOND);
    this.logger.info('rules are in force', {
      generation,
      count: ruleSet.entries.length,
      duration_ms: Math.round(durationMs),
    });
  }

  onSampled(
    partitions: readonly PartitionClock[],
    nowMs: number,
    held: readonly ClockHeld[],
  ): void {
    const { metrics } = this;
    let leastMs = nowMs;
    for (const { topic, partition, readThroughMs, lag } of partitions) {
      const labels = { topic, partition: String(partition) };
      metrics.streamLagMessages.set(labels, Number(lag));
      const lagMs = readThroughMs === null ? 0 : nowMs - readThroughMs;
      metrics.streamLagSeconds.set(labels, lagMs / MS_PER_SECOND);
      metrics.clockHeldSeconds.set(labels, 0);
      leastMs = Math.min(leastMs, readThroughMs ?? leastMs);
    }
    for (const { topic, partition, heldMs } of held) {
      const labels = { topic, partition: String(partition) };
      metrics.clockHeldSeconds.set(labels, heldMs / MS_PER_SECOND);
    }
    const unread = held.filter(({ heldMs }) => heldMs > UNREAD_AFTER_MS);
    metrics.streamPositionUnowned.set(unread.length);
    metrics.clockLagSeconds.set((nowMs - leastMs) / MS_PER_SECOND);
  }
}
