import { OutboxRelay, type KafkaSecurity } from '@amends/messaging';
import { crashPoint, type Logger, type Metrics } from '@amends/platform';
import type { Pool } from 'pg';

/** What takes our own events to Kafka; null without brokers. */
export function createRelay(
  brokers: readonly string[],
  parts: {
    readonly pool: Pool;
    readonly security: KafkaSecurity;
    readonly metrics: Metrics;
    readonly logger: Logger;
  },
): OutboxRelay | null {
  if (brokers.length === 0) return null;
  const { pool, security, metrics, logger } = parts;
  return new OutboxRelay({
    brokers,
    security,
    pool,
    onRelayed: (topic, count) => {
      metrics.outboxRelayed.inc({ topic }, count);
    },
    onLog: (level, message) => {
      logger[level](message, { component: 'kafka' });
    },
    probe: (step) => {
      crashPoint(step);
    },
  });
}
