import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

const { Partitioners } = createRequire(import.meta.url)('kafkajs');
const TICK_MS = 5;

/**
 * Produces so many events a second by the clock, whatever the broker answers. Each event is asked for
 * with its number and the instant it is due to leave, from which all latencies count: a stall of this
 * process or of the broker is not left out.
 */
export class OpenLoop {
  failures = 0;
  sent = 0;
  #isStopped = false;

  /** @param make (number, dueMs) => the event */
  constructor({ broker, topicOf, rate, make }) {
    Object.assign(this, { topicOf, rate, make });
    this.producer = broker.kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  }

  /** For so long, or until it is stopped; answers when all is acknowledged. */
  async run(seconds = Infinity) {
    await this.producer.connect();
    const answers = new Set();
    const startMs = Date.now() + 100;
    const dueMs = (number) => startMs + (1000 * number) / this.rate;
    for (let number = 0; number < seconds * this.rate && !this.#isStopped;) {
      const events = [];
      for (; dueMs(number) <= Date.now() && number < seconds * this.rate; number += 1) {
        events.push(this.make(number, dueMs(number)));
      }
      if (events.length > 0) {
        const answer = this.#send(events).finally(() => answers.delete(answer));
        answers.add(answer);
      }
      await sleep(TICK_MS);
    }
    await Promise.all(answers);
    await this.producer.disconnect();
  }

  stop() {
    this.#isStopped = true;
  }

  async #send(events) {
    const byTopic = new Map();
    for (const event of events) {
      const topic = this.topicOf(event.type);
      if (!byTopic.has(topic)) byTopic.set(topic, []);
      byTopic.get(topic).push(toMessage(event));
    }
    const topicMessages = [...byTopic].map(([topic, messages]) => ({ topic, messages }));
    try {
      await this.producer.sendBatch({ topicMessages, acks: -1 });
      this.sent += events.length;
    } catch (error) {
      this.failures += events.length;
      if (this.failures === events.length) console.error(`  first failure: ${error.message}`);
    }
  }
}

function toMessage(event) {
  return { key: event.customerid, value: JSON.stringify(event) };
}
