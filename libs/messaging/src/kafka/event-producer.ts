import { Refusal } from '@amends/application';
import type { Kafka, Producer, ProducerBatch, ProducerRecord } from 'kafkajs';
import { createProducer } from './kafka-client';

/** Longer, a client that waits for its 202 has given up. */
const TIMEOUT_MS = 8_000;
const RETRY_AFTER_MS = 2_000;

/**
 * Produces events, and answers only when all replicas have them. A producer that failed once is never
 * used again: kafkajs takes back the sequence numbers of what it could not confirm, but the broker may
 * have it, and would take the next records under those numbers for the same ones, and drop them.
 */
export class EventProducer {
  private producer: Promise<Producer> | undefined;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly kafka: Kafka,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {}

  /** @throws whatever keeps the broker from being reached */
  async connect(): Promise<void> {
    await (this.producer ??= this.connected());
  }

  async disconnect(): Promise<void> {
    await this.turn;
    const { producer } = this;
    this.producer = undefined;
    await producer?.then((one) => one.disconnect()).catch(() => undefined);
  }

  send({ topic, messages, ...rest }: ProducerRecord): Promise<void> {
    return this.sendBatch({ ...rest, topicMessages: [{ topic, messages }] });
  }

  /** One at a time. @throws Refusal `unavailable`; the records may be there all the same, or come */
  sendBatch(batch: ProducerBatch): Promise<void> {
    const turn = this.turn.then(() => this.sendNow(batch));
    this.turn = turn.catch(() => undefined);
    return turn;
  }

  private async sendNow(batch: ProducerBatch): Promise<void> {
    const producer = (this.producer ??= this.connected());
    try {
      await within(
        this.timeoutMs,
        producer.then((one) => one.sendBatch({ ...batch, acks: -1 })),
      );
    } catch (error) {
      this.producer = undefined;
      // What it still tries to send may arrive: the event then counts once, by source and id.
      void producer.then((one) => one.disconnect()).catch(() => undefined);
      const refusal = new Refusal('unavailable', { extra: { retry_after_ms: RETRY_AFTER_MS } });
      throw Object.assign(refusal, { cause: error });
    }
  }

  private async connected(): Promise<Producer> {
    const producer = createProducer(this.kafka);
    await producer.connect();
    return producer;
  }
}

/** Whether trying the same in smaller parts is of no use: the broker is away. */
export function isBrokerAway(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'unavailable';
}

async function within<T>(timeoutMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${String(timeoutMs)} ms`));
    }, timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
