import { createKafka, createProducer, ensureTopics } from '@amends/messaging';
import type { Producer } from 'kafkajs';

/** Of a topic that nobody has made yet. */
const PARTITIONS = 4;

/** What puts events into Kafka; undefined without brokers. */
export async function connectProducer(
  brokers: readonly string[],
  topics: readonly string[],
): Promise<Producer | undefined> {
  if (brokers.length === 0) return undefined;
  const kafka = createKafka({ brokers, clientId: 'amends-api' });
  await ensureTopics(kafka, topics, PARTITIONS);
  const producer = createProducer(kafka);
  await producer.connect();
  return producer;
}
