import type {
  AdvanceClock,
  EventReplayer,
  EventSink,
  StepProbe,
  Topics,
  Wake,
} from '@amends/application';
import type { Pool } from 'pg';
import type { EventProducer } from './kafka/event-producer';
import { KafkaEventReplayer } from './kafka/kafka-event-replayer';
import { KafkaEventSink } from './kafka/kafka-event-sink';
import { LogAdvanceClock } from './log/log-advance-clock';
import { LogEventReplayer } from './log/log-event-replayer';
import { LogEventSink } from './log/log-event-sink';

export interface IngestOptions {
  readonly pool: Pool;
  readonly topics: Topics;
  readonly wake: Wake;
  readonly clock: 'wall' | 'stream';
  readonly probe?: StepProbe;
  /** Events go to Kafka instead of the log. */
  readonly producer?: EventProducer;
}

export interface IngestParts {
  readonly sink: EventSink;
  readonly replayer: EventReplayer;
  /** Null under the wall clock. */
  readonly advanceClock: AdvanceClock | null;
}

/** What puts events into the stream: Kafka if there is a producer, else the log. */
export function createIngest(options: IngestOptions): IngestParts {
  const { pool, topics, wake, clock, probe, producer } = options;
  const advanceClock = clock === 'stream' ? new LogAdvanceClock(pool, wake) : null;
  const probed = probe === undefined ? {} : { probe };
  if (producer !== undefined) {
    const sink = new KafkaEventSink({ producer, pool, topics, ...probed });
    return { sink, replayer: new KafkaEventReplayer(producer, topics), advanceClock: null };
  }
  const sink = new LogEventSink({ pool, topics, wake, ...probed });
  return { sink, replayer: new LogEventReplayer(topics), advanceClock };
}
