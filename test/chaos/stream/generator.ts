import { setTimeout as sleep } from 'node:timers/promises';
import type { Kafka, Producer } from 'kafkajs';
import { Random } from '../random';
import type { Journal } from '../world/journal';
import { ask } from '../world/rest';
import { PARTITIONS } from '../world/world';
import type { ChaosEvent, Planned, Sending } from './story';
import { Storyteller, type Weights } from './storyteller';

/** What the generator knows for sure, in the order in which it came to know it. */
export type StreamLine =
  | { readonly kind: 'planned'; readonly planned: Planned }
  | {
      readonly kind: 'produced';
      readonly topic: string;
      readonly partition: number;
      readonly offset: string;
      readonly count: number;
    }
  | { readonly kind: 'accepted'; readonly ids: readonly string[] }
  /** What keeps a promise came too late: nobody can say what must come of it. */
  | { readonly kind: 'unsure'; readonly customers: readonly string[] };

export interface GeneratorOptions {
  readonly kafka: Kafka;
  readonly apiUrl: () => string;
  readonly journal: Journal<StreamLine>;
  readonly seed: number;
  readonly weights: Weights;
  readonly storiesPerSecond: number;
  readonly noisePerSecond: number;
}

const TICK_MS = 50;
const SEND_MAX = 3_000;
/** kafkajs may wait for ever for a broker that died at the wrong moment. */
const SEND_MS = 15_000;
const REST_MAX = 100;
/** After so many refusals an event goes by Kafka: its deadline does not wait for the api. */
const REST_TRIES = 2;
/** No promise is made so late that it could not be broken before the end. */
const PROMISE_MS = 30_000;
/** Between the acknowledgement and whoever looks at the clock. */
const MARGIN_MS = 2_000;
const RANDOM_PARTITION = 0.3;

/** Makes events without end, by Kafka and by REST, and keeps what it promised and what was taken. */
export class Generator {
  readonly counts = { events: 0, stories: 0, duplicates: 0, refused: 0, restRefused: 0 };
  /** The offset behind the last one acknowledged, by topic and partition. */
  readonly ends = new Map<string, bigint>();
  private readonly random: Random;
  private readonly teller: Storyteller;
  private queue: Sending[] = [];
  private restQueue: Sending[] = [];
  private readonly restTries = new Map<Sending, number>();
  private producer: Producer | undefined;
  private isEnding = false;
  /** The last story has been told: what is queued is all there is. */
  private isTold = false;
  private isPosted = false;
  private untilMs = 0;
  private loops: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: GeneratorOptions) {
    this.random = new Random(options.seed);
    this.teller = new Storyteller(this.random, String(options.seed), options.weights);
  }

  start(forMs: number): void {
    this.untilMs = Date.now() + forMs;
    this.loops = Promise.all([this.tell(), this.produce(), this.post()]);
  }

  /** What waits to be sent, for whoever looks on. */
  get waiting(): string {
    return `${String(this.queue.length)} for Kafka, ${String(this.restQueue.length)} for the api`;
  }

  /** No more stories; resolves once everything has been taken. */
  async end(): Promise<void> {
    this.isEnding = true;
    await this.loops;
    void this.producer?.disconnect().catch(() => undefined);
  }

  private async tell(): Promise<void> {
    let owedStories = 0;
    let owedNoise = 0;
    let lastMs = Date.now();
    while (!this.isEnding) {
      await sleep(TICK_MS);
      const nowMs = Date.now();
      const seconds = Math.min(1, (nowMs - lastMs) / 1_000);
      lastMs = nowMs;
      owedStories += seconds * this.options.storiesPerSecond;
      owedNoise += seconds * this.options.noisePerSecond;
      for (; owedStories >= 1; owedStories -= 1) await this.story(nowMs);
      for (; owedNoise >= 1; owedNoise -= 1) this.queue.push(this.teller.noise(nowMs));
    }
    this.isTold = true;
  }

  private async story(nowMs: number): Promise<void> {
    const hasTime = nowMs + PROMISE_MS < this.untilMs;
    const { planned, sendings } = this.teller.next(nowMs, hasTime);
    // What was planned is known before anything of it can happen.
    await this.options.journal.append({ kind: 'planned', planned });
    this.counts.stories += 1;
    for (const sending of sendings) {
      (sending.via === 'rest' ? this.restQueue : this.queue).push(sending);
    }
  }

  private async produce(): Promise<void> {
    for (;;) {
      const due = takeDue(this.queue, this.isTold, SEND_MAX);
      this.queue = due.later;
      if (due.now.length > 0) await this.sendUntilTaken(due.now);
      else if (this.isPosted) return;
      else await sleep(TICK_MS);
    }
  }

  private async sendUntilTaken(sendings: readonly Sending[]): Promise<void> {
    const batches = new Map<string, { topic: string; partition: number; values: string[] }>();
    for (const { event, topic } of sendings) {
      const partition = this.partitionOf(event);
      const place = `${topic}/${String(partition)}`;
      const batch = batches.get(place) ?? { topic, partition, values: [] };
      batches.set(place, batch);
      batch.values.push(typeof event === 'string' ? event : JSON.stringify(event));
    }
    const parts = [...batches.values()];
    const topics = [...new Set(parts.map(({ topic }) => topic))];
    const topicMessages = topics.map((topic) => ({
      topic,
      messages: parts
        .filter((part) => part.topic === topic)
        .flatMap(({ partition, values }) => values.map((value) => ({ partition, value }))),
    }));
    for (;;) {
      try {
        this.producer ??= await this.connect();
        const taken = await within(SEND_MS, this.producer.sendBatch({ acks: -1, topicMessages }));
        for (const { topicName: topic, partition, baseOffset = '-1' } of taken) {
          const count = batches.get(`${topic}/${String(partition)}`)?.values.length ?? 0;
          const line = { kind: 'produced', topic, partition, offset: baseOffset, count } as const;
          this.ends.set(`${topic}/${String(partition)}`, BigInt(baseOffset) + BigInt(count));
          await this.options.journal.append(line);
        }
        break;
      } catch {
        // What it tried may be there, and comes again: a producer that has no answer does just that.
        this.counts.refused += 1;
        void this.producer?.disconnect().catch(() => undefined);
        this.producer = undefined;
        await sleep(250);
      }
    }
    await this.taken(sendings);
  }

  private async post(): Promise<void> {
    for (;;) {
      const due = takeDue(this.restQueue, this.isTold, REST_MAX);
      this.restQueue = due.later;
      if (due.now.length > 0) await this.postOnce(due.now);
      else if (this.isTold) break;
      else await sleep(TICK_MS);
    }
    // What was refused goes by Kafka.
    this.isPosted = true;
  }

  private async postOnce(sendings: readonly Sending[]): Promise<void> {
    const events = sendings.map(({ event }) => event as ChaosEvent);
    const headers = { 'content-type': 'application/cloudevents-batch+json' };
    try {
      const answer = await ask(this.options.apiUrl(), 'POST', '/v1/events', {
        body: events,
        headers,
      });
      if (answer.status !== 202) throw new Error(String(answer.status));
      if (answer.body.rejected.length > 0) throw new Error(JSON.stringify(answer.body.rejected));
      await this.options.journal.append({ kind: 'accepted', ids: events.map(({ id }) => id) });
      await this.taken(sendings);
    } catch {
      this.counts.restRefused += 1;
      for (const sending of sendings) {
        const tries = (this.restTries.get(sending) ?? 0) + 1;
        this.restTries.set(sending, tries);
        (tries >= REST_TRIES ? this.queue : this.restQueue).push(sending);
      }
      await sleep(200);
    }
  }

  private async taken(sendings: readonly Sending[]): Promise<void> {
    const nowMs = Date.now();
    this.counts.events += sendings.length;
    this.counts.duplicates += sendings.filter(({ isDuplicate }) => isDuplicate).length;
    const late = sendings.filter(
      ({ keepsUntilMs, isDuplicate }) =>
        isDuplicate !== true && keepsUntilMs !== undefined && nowMs > keepsUntilMs - MARGIN_MS,
    );
    if (late.length === 0) return;
    const customers = late.map(({ event }) => (event as ChaosEvent).customerid);
    await this.options.journal.append({ kind: 'unsure', customers });
  }

  private async connect(): Promise<Producer> {
    const producer = this.options.kafka.producer({ allowAutoTopicCreation: false });
    await within(SEND_MS, producer.connect());
    return producer;
  }

  /** By customer; now and then anywhere, so that two processes meet on one key. */
  private partitionOf(event: ChaosEvent | string): number {
    if (typeof event === 'string' || this.random.chance(RANDOM_PARTITION)) {
      return this.random.int(0, PARTITIONS - 1);
    }
    let hash = 0;
    for (const char of event.customerid) hash = (Math.imul(hash, 31) + char.charCodeAt(0)) >>> 0;
    return hash % PARTITIONS;
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const stop = new AbortController();
  const late = sleep(ms, undefined, { signal: stop.signal }).then((): never => {
    throw new Error('no answer in time');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}

function takeDue(
  queue: readonly Sending[],
  all: boolean,
  max: number,
): { now: Sending[]; later: Sending[] } {
  const nowMs = Date.now();
  const now: Sending[] = [];
  const later: Sending[] = [];
  for (const sending of queue) {
    if (now.length < max && (all || sending.atMs <= nowMs)) now.push(sending);
    else later.push(sending);
  }
  return { now, later };
}
