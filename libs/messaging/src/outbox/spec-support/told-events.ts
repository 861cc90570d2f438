import { testBroker, waitFor } from '@amends/testing';
import { Kafka, logLevel } from 'kafkajs';
import { randomUUID } from 'node:crypto';
import { OUTBOX_TOPICS } from '../outbox-publisher';

export interface ToldEvent {
  readonly topic: string;
  readonly key: string;
  readonly id: string;
  readonly subject: string;
  readonly type: string;
  readonly text: string;
}

/** Reads what is told about customers of a prefix, as any consumer would: from the first on. */
export class ToldEvents {
  readonly events: ToldEvent[] = [];
  private constructor(private readonly stopReading: () => Promise<void>) {}

  static async read(prefix: string, brokers?: readonly string[]): Promise<ToldEvents> {
    const addresses = [...(brokers ?? (await testBroker()).brokers)];
    const kafka = new Kafka({ clientId: 'spec', brokers: addresses, logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    const existing = await admin.listTopics();
    const missing = OUTBOX_TOPICS.filter((topic) => !existing.includes(topic));
    await admin.createTopics({ topics: missing.map((topic) => ({ topic, numPartitions: 4 })) });
    await admin.disconnect();
    const consumer = kafka.consumer({ groupId: `spec-${randomUUID()}`, maxWaitTimeInMs: 100 });
    await consumer.connect();
    await consumer.subscribe({ topics: OUTBOX_TOPICS, fromBeginning: true });
    const told = new ToldEvents(() => consumer.disconnect());
    await consumer.run({
      eachMessage: ({ topic, message }) => {
        const key = String(message.key);
        if (!key.startsWith(prefix)) return Promise.resolve();
        const text = String(message.value);
        const { id, subject, type } = JSON.parse(text) as ToldEvent;
        told.events.push({ topic, key, id, subject, type, text });
        return Promise.resolve();
      },
    });
    return told;
  }

  /** As a consumer has them that drops what it has seen by its CloudEvents id. */
  get distinct(): ToldEvent[] {
    return [...new Map([...this.events].reverse().map((event) => [event.id, event])).values()]
      .reverse()
      .sort((a, b) => this.events.indexOf(a) - this.events.indexOf(b));
  }

  async count(wanted: number, timeoutMs = 40_000): Promise<void> {
    await waitFor(() => this.distinct.length >= wanted, {
      timeoutMs,
      what: `${String(wanted)} events (${String(this.distinct.length)} so far)`,
    });
  }

  close(): Promise<void> {
    return this.stopReading();
  }
}
