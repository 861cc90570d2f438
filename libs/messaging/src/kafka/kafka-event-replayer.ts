import {
  EventReplayer,
  partitionKey,
  type ReplayedEvent,
  type Sql,
  type Topics,
} from '@amends/application';
import type { EventProducer } from './event-producer';

/** Produces before the caller commits: at worst the event comes twice, and counts once. */
export class KafkaEventReplayer extends EventReplayer {
  constructor(
    private readonly producer: EventProducer,
    private readonly topics: Topics,
  ) {
    super();
  }

  async append(_sql: Sql, { event, body }: ReplayedEvent): Promise<void> {
    await this.producer.send({
      topic: this.topics.topicOf(event.type),
      messages: [{ key: partitionKey(event), value: body }],
    });
  }
}
