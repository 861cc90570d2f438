import type { Producer } from 'kafkajs';
import { ensureTopics } from '../kafka/ensure-topics';
import { createKafka, createProducer, type KafkaClientOptions } from '../kafka/kafka-client';
import type { OutgoingEvent } from './to-cloud-event';

/** Where our own events go; one partition count for all, since their key is the customer. */
export const OUTBOX_TOPICS = [
  'amends.incidents',
  'amends.compensations',
  'amends.messages',
  'amends.quarantine',
  'amends.notices',
];
const PARTITIONS = 4;
/** The outbox is patient, its process must be able to end: the relay tries again, not the client. */
const RETRIES = 2;
const HEADERS = { 'content-type': 'application/cloudevents+json; charset=UTF-8' };

/** Our own events on their way into Kafka: acknowledged by all replicas, in the order given. */
export class OutboxPublisher {
  private producer: Producer | undefined;

  constructor(private readonly options: Omit<KafkaClientOptions, 'retries'>) {}

  /** Resolves when the broker has all of them; when it rejects, any of them may be there. */
  async send(events: readonly OutgoingEvent[]): Promise<void> {
    const byTopic = new Map<string, { key: string; value: string; headers: typeof HEADERS }[]>();
    for (const { topic, key, value } of events) {
      const messages = byTopic.get(topic) ?? [];
      byTopic.set(topic, messages);
      messages.push({ key, value, headers: HEADERS });
    }
    try {
      this.producer ??= await this.connect();
      await this.producer.sendBatch({
        acks: -1,
        topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })),
      });
    } catch (error) {
      // Its sequence numbers are no longer those of the broker: the next one begins anew.
      await this.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    const { producer } = this;
    this.producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  private async connect(): Promise<Producer> {
    const kafka = createKafka({ ...this.options, retries: RETRIES });
    await ensureTopics(kafka, OUTBOX_TOPICS, PARTITIONS);
    const producer = createProducer(kafka);
    await producer.connect();
    return producer;
  }
}
