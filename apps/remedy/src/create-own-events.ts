import type { ClockMode, Topics, Wake } from '@amends/application';
import {
  createIngest,
  createKafka,
  EventProducer,
  OwnEventFeed,
  type KafkaSecurity,
} from '@amends/messaging';
import type { Logger } from '@amends/platform';
import type { Pool } from 'pg';

/** The feed is patient, its process must be able to end: it tries again, not the client. */
const RETRIES = 2;

/** What takes the states of compensations and messages to the rules that watch them. */
export function createOwnEvents(
  brokers: readonly string[],
  parts: {
    readonly pool: Pool;
    readonly topics: Topics;
    readonly wake: Wake;
    readonly clock: ClockMode;
    readonly security: KafkaSecurity;
    readonly logger: Logger;
  },
): OwnEventFeed {
  const { pool, topics, wake, clock, security, logger } = parts;
  const onLog = (level: 'warn' | 'error', message: string): void => {
    logger[level](message, { component: 'kafka' });
  };
  const kafka = { brokers, clientId: 'amends-own-events', security, retries: RETRIES, onLog };
  const producer = brokers.length === 0 ? undefined : new EventProducer(createKafka(kafka));
  const { sink } = createIngest({
    pool,
    topics,
    wake,
    clock,
    ...(producer !== undefined && { producer }),
  });
  return new OwnEventFeed({
    pool,
    sink,
    clock,
    onDropped: (eventId, reason) => {
      logger.error('an event of ours could not be told to the rules', {
        event_id: eventId,
        reason,
      });
    },
    ...(producer !== undefined && { close: () => producer.disconnect() }),
  });
}
