import { createKafka, ensureTopics, EventProducer, type KafkaSecurity } from '@amends/messaging';

/** Of a topic that nobody has made yet. */
const PARTITIONS = 4;
/** Whoever waits for a 202 is told soon that the broker is away: some three seconds. */
const RETRIES = 5;

/** What puts events into Kafka; undefined without brokers. */
export async function connectProducer(
  brokers: readonly string[],
  topics: readonly string[],
  security: KafkaSecurity,
): Promise<EventProducer | undefined> {
  if (brokers.length === 0) return undefined;
  const kafka = createKafka({ brokers, clientId: 'amends-api', security, retries: RETRIES });
  await ensureTopics(kafka, topics, PARTITIONS);
  const producer = new EventProducer(kafka);
  await producer.connect();
  return producer;
}
