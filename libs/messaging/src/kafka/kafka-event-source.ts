import { randomUUID } from 'node:crypto';
import {
  EventSource,
  type Assignment,
  type BatchHandler,
  type PartitionEnd,
  type PositionStore,
} from '@amends/application';
import type {
  Admin,
  Consumer,
  ConsumerGroupJoinEvent,
  EachBatchPayload,
  InstrumentationEvent,
  Kafka,
} from 'kafkajs';
import { handleFetched } from './handle-fetched';
import { OwnedPartition } from './owned-partition';
import { checkInRange, startPositions } from './start-positions';

export interface KafkaEventSourceOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly positions: PositionStore;
  /** Records handed over at a time; a heartbeat follows each. */
  readonly chunkMax?: number;
  readonly sessionTimeoutMs?: number;
  /** What went wrong; reading goes on. */
  readonly onError?: (error: unknown) => void;
  readonly onAssigned?: (assignments: readonly Assignment[]) => void;
}

const CHUNK_MAX = 1_000;
const SESSION_TIMEOUT_MS = 10_000;
const MAX_WAIT_MS = 250;
const PARTITION_BYTES_MAX = 1_048_576;
const FETCH_BYTES_MAX = 8_388_608;
const AT_A_TIME = 8;
const RETRY_MS = 500;

/**
 * Kafka topics as an `EventSource`: positions are those of the database. On every assignment the
 * partitions are paused, claimed, sought and resumed; what Kafka has committed is never believed.
 */
export class KafkaEventSource extends EventSource {
  readonly name = 'kafka';
  readonly topics: readonly string[];
  private readonly me = randomUUID();
  private readonly owned = new Map<string, OwnedPartition>();
  private readonly pending = new Set<Promise<void>>();
  private consumer: Consumer | undefined;
  private admin: Admin | undefined;
  private handler: BatchHandler | undefined;
  private isStopped = false;

  constructor(private readonly options: KafkaEventSourceOptions) {
    super();
    this.topics = [...options.topics].sort();
  }

  async start(handler: BatchHandler): Promise<void> {
    this.handler = handler;
    this.isStopped = false;
    await this.connectedAdmin();
    await this.consume();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    for (const owned of this.owned.values()) owned.lose();
    // Waits for handlers that run.
    await this.consumer?.disconnect();
    await Promise.all(this.pending);
    await this.admin?.disconnect();
    this.owned.clear();
    this.consumer = undefined;
    this.admin = undefined;
  }

  assignments(): readonly Assignment[] {
    return [...this.owned.values()].filter(({ ready }) => ready);
  }

  async ends(): Promise<PartitionEnd[]> {
    const admin = await this.connectedAdmin();
    const perTopic = await Promise.all(
      this.topics.map(async (topic) => {
        const offsets = await admin.fetchTopicOffsets(topic);
        return offsets.map(({ partition, low, high }) => ({
          topic,
          partition,
          start: BigInt(low),
          end: BigInt(high),
        }));
      }),
    );
    return perTopic.flat();
  }

  private async consume(): Promise<void> {
    const { kafka, groupId, sessionTimeoutMs = SESSION_TIMEOUT_MS } = this.options;
    const consumer = kafka.consumer({
      groupId,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.min(3_000, Math.floor(sessionTimeoutMs / 3)),
      maxWaitTimeInMs: MAX_WAIT_MS,
      maxBytesPerPartition: PARTITION_BYTES_MAX,
      maxBytes: FETCH_BYTES_MAX,
      allowAutoTopicCreation: false,
    });
    this.consumer = consumer;
    this.listenTo(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: AT_A_TIME,
      eachBatch: (payload) => this.onBatch(payload),
    });
  }

  /** Listeners run inside the client: they are synchronous and never throw. */
  private listenTo(consumer: Consumer): void {
    const forget = (): void => {
      this.forgetAll();
    };
    consumer.on(consumer.events.GROUP_JOIN, (event) => {
      this.onJoin(consumer, event);
    });
    consumer.on(consumer.events.REBALANCING, forget);
    consumer.on(consumer.events.DISCONNECT, forget);
    consumer.on(consumer.events.STOP, forget);
    consumer.on(consumer.events.START_BATCH_PROCESS, (event) => {
      this.onPassedOver(event);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      forget();
      this.options.onError?.(payload.error);
      // Without a restart of its own the client would sit in a live process and read nothing.
      if (!payload.restart) this.track(this.rebuild(consumer));
    });
  }

  private forgetAll(): void {
    for (const owned of this.owned.values()) owned.lose();
    this.owned.clear();
  }

  /** Pauses at once, in the listener: a fetch from anywhere else must not start. */
  private onJoin(consumer: Consumer, { payload }: ConsumerGroupJoinEvent): void {
    this.forgetAll();
    const joined = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
      partitions.map((partition) => new OwnedPartition(topic, partition)),
    );
    for (const owned of joined) this.owned.set(keyOf(owned), owned);
    try {
      consumer.pause(joined.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
    } catch (error) {
      this.options.onError?.(error);
    }
    this.track(this.stand(consumer, joined));
  }

  /** Loads positions, seeks, resumes; again and again while the partitions are still ours. */
  private async stand(consumer: Consumer, joined: readonly OwnedPartition[]): Promise<void> {
    for (let wanted = joined; wanted.length > 0 && !this.isStopped;) {
      try {
        const { positions } = this.options;
        const ends = await this.ends();
        const claims = startPositions(wanted, ends);
        const fences = await positions.claim(this.name, claims, this.me);
        for (const fence of fences) {
          const owned = this.owned.get(keyOf(fence));
          if (owned === undefined || !wanted.includes(owned)) continue;
          const { topic, partition, expected } = fence;
          checkInRange(fence, ends);
          consumer.seek({ topic, partition, offset: expected.toString() });
          owned.stand(fence);
          consumer.resume([{ topic, partitions: [partition] }]);
        }
        this.options.onAssigned?.(this.assignments());
        return;
      } catch (error) {
        this.options.onError?.(error);
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        wanted = wanted.filter((owned) => this.owned.get(keyOf(owned)) === owned);
      }
    }
  }

  private async onBatch(payload: EachBatchPayload): Promise<void> {
    const owned = this.owned.get(keyOf(payload.batch));
    const { consumer, handler } = this;
    if (owned === undefined || !owned.ready || consumer === undefined) return;
    const outcome = await owned.inTurn(() =>
      handleFetched(owned, payload, {
        handler: async (batch) => (handler === undefined ? 'fenced' : handler(batch)),
        chunkMax: this.options.chunkMax ?? CHUNK_MAX,
        isMine: () => this.owned.get(keyOf(owned)) === owned && !this.isStopped,
        onError: (error) => this.options.onError?.(error),
      }),
    );
    if (outcome === 'restand') this.restand(consumer, owned);
  }

  /** After a failure or a refused swap: what is stored decides where to read on. */
  private restand(consumer: Consumer, owned: OwnedPartition): void {
    if (this.isStopped || this.owned.get(keyOf(owned)) !== owned) return;
    owned.unready();
    consumer.pause([{ topic: owned.topic, partitions: [owned.partition] }]);
    const later = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (this.owned.get(keyOf(owned)) === owned) await this.stand(consumer, [owned]);
    };
    this.track(later());
  }

  /** Control records end a partition too: the position must reach the end that `ends` reports. */
  private onPassedOver({ payload }: InstrumentationEvent<PassedOver>): void {
    const { handler, consumer } = this;
    const owned = this.owned.get(keyOf(payload));
    if (payload.batchSize > 0 || owned?.ready !== true) return;
    if (handler === undefined || consumer === undefined) return;
    const nextOffset = BigInt(payload.lastOffset) + 1n;
    owned.pass(nextOffset);
    const move = owned.inTurn(async () => {
      if ((await owned.deliver(handler, [], nextOffset)) === 'fenced')
        this.restand(consumer, owned);
    });
    this.track(
      move.catch((error: unknown) => {
        this.options.onError?.(error);
        this.restand(consumer, owned);
      }),
    );
  }

  private async rebuild(crashed: Consumer): Promise<void> {
    await crashed.disconnect().catch(() => undefined);
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      if (this.isStopped) return;
      try {
        await this.consume();
        return;
      } catch (error) {
        this.options.onError?.(error);
        await this.consumer?.disconnect().catch(() => undefined);
      }
    }
  }

  private async connectedAdmin(): Promise<Admin> {
    if (this.admin !== undefined) return this.admin;
    const admin = this.options.kafka.admin();
    this.admin = admin;
    await admin.connect();
    return admin;
  }

  private track(work: Promise<void>): void {
    this.pending.add(work);
    void work.finally(() => this.pending.delete(work)).catch(() => undefined);
  }
}

interface PassedOver {
  readonly topic: string;
  readonly partition: number;
  readonly batchSize: number;
  readonly lastOffset: string;
}

function keyOf({ topic, partition }: Assignment): string {
  return `${topic}/${String(partition)}`;
}
