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
  ConsumerCrashEvent,
  ConsumerGroupJoinEvent,
  EachBatchPayload,
  Kafka,
} from 'kafkajs';
import { buildConsumer } from './build-consumer';
import { ConsumerSupervisor } from './consumer-supervisor';
import { fetchedFrom, handleFetched } from './handle-fetched';
import type { OwnedPartition } from './owned-partition';
import { PartitionDesk, type StoppedPartition } from './partition-desk';
import { topicEnds } from './topic-ends';

export interface KafkaEventSourceOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly topics: readonly string[];
  readonly positions: PositionStore;
  /** Records handed over at a time; a heartbeat follows each. */
  readonly chunkMax?: number;
  readonly sessionTimeoutMs?: number;
  /** How soon added partitions are noticed. */
  readonly metadataAgeMaxMs?: number;
  /** A consumer that shows no sign of life for so long, and handles nothing, is replaced. */
  readonly silenceMaxMs?: number;
  /** What went wrong; reading goes on. */
  readonly onError?: (error: unknown) => void;
  readonly onAssigned?: (assignments: readonly Assignment[]) => void;
  /** Nobody reads the partition until a person has set its position. */
  readonly onStopped?: (part: Assignment, why: string) => void;
  /** A stopped partition is read again, or by somebody else. */
  readonly onReleased?: (part: Assignment) => void;
  /** The consumer has died, and is being replaced. */
  readonly onRebuild?: () => void;
}

const CHUNK_MAX = 2_000;
const SILENCE_MAX_MS = 45_000;
const AT_A_TIME = 8;
/** Reading is fetching; an idle topic is fetched four times a second. */
const READ_AGE_MAX_MS = 10_000;

/**
 * Kafka topics as an `EventSource`: positions are those of the database. On every assignment the
 * partitions are paused, claimed, sought and resumed; what Kafka has committed is never believed.
 */
export class KafkaEventSource extends EventSource {
  readonly name = 'kafka';
  readonly topics: readonly string[];
  private readonly desk: PartitionDesk;
  private readonly supervisor: ConsumerSupervisor;
  private admin: Admin | undefined;
  private handler: BatchHandler | undefined;
  private isStopped = false;
  private handling = 0;
  private readMs: number | undefined;

  constructor(private readonly options: KafkaEventSourceOptions) {
    super();
    this.topics = [...options.topics].sort();
    const onError = (error: unknown): void => options.onError?.(error);
    this.desk = new PartitionDesk({
      positions: options.positions,
      source: this.name,
      owner: randomUUID(),
      ends: () => this.ends(),
      onError,
      onAssigned: (assignments) => options.onAssigned?.(assignments),
      onStopped: (part, why) => options.onStopped?.(part, why),
      onReleased: (part) => options.onReleased?.(part),
    });
    this.supervisor = new ConsumerSupervisor({
      build: () => buildConsumer(options),
      run: (consumer) => this.run(consumer),
      onLost: () => {
        this.desk.dropAll();
      },
      isBusy: () => this.handling > 0,
      onError: (error) => {
        onError(error);
        options.onRebuild?.();
      },
      silenceMaxMs: options.silenceMaxMs ?? SILENCE_MAX_MS,
    });
  }

  async start(handler: BatchHandler): Promise<void> {
    this.handler = handler;
    this.isStopped = false;
    await this.connectedAdmin();
    await this.supervisor.start();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.desk.dropAll();
    await this.supervisor.stop();
    await this.desk.settled();
    await this.admin?.disconnect();
    this.admin = undefined;
  }

  assignments(): readonly Assignment[] {
    return this.desk.ready();
  }

  /** Whether it has an assignment, perhaps an empty one, and fetches or handles what that holds. */
  get isReading(): boolean {
    return this.readMs !== undefined && performance.now() - this.readMs < READ_AGE_MAX_MS;
  }

  /** Partitions of this process whose position lies outside of what the broker has. */
  get stopped(): readonly StoppedPartition[] {
    return this.desk.stopped();
  }

  /** Whether it is for this process to read the partition; all of them, while it has no assignment. */
  answersFor({ topic, partition }: Assignment): boolean {
    const owned = this.desk.get({ topic, partition });
    if (owned !== undefined) return owned.stopped === undefined;
    return this.desk.all().length === 0 && !this.isReading;
  }

  async ends(): Promise<PartitionEnd[]> {
    const admin = await this.connectedAdmin();
    const before = this.desk.expected();
    const ends = await topicEnds(admin, this.topics);
    const { current } = this.supervisor;
    if (current !== undefined) this.desk.check(current, before, ends);
    return ends;
  }

  private async run(consumer: Consumer): Promise<void> {
    this.listenTo(consumer);
    await consumer.connect();
    await consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: AT_A_TIME,
      eachBatch: (payload) => this.onBatch(consumer, payload),
    });
  }

  /** Listeners run inside the client: they are synchronous and never throw. */
  private listenTo(consumer: Consumer): void {
    const { events } = consumer;
    // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- said by the name
    const on = <P>(name: string, listener: (payload: P) => void): void => {
      const guarded = (event: { readonly payload: P }): void => {
        if (consumer !== this.supervisor.current) return;
        try {
          listener(event.payload);
        } catch (error) {
          this.options.onError?.(error);
        }
      };
      consumer.on(name as never, guarded as never);
    };
    const forget = (): void => {
      this.desk.dropAll();
    };
    on<ConsumerGroupJoinEvent['payload']>(events.GROUP_JOIN, ({ memberAssignment }) => {
      this.supervisor.joined(consumer);
      if (!this.isStopped) this.desk.take(consumer, memberAssignment);
    });
    on(events.REBALANCING, forget);
    on(events.DISCONNECT, forget);
    on(events.STOP, forget);
    on<ConsumerCrashEvent['payload']>(events.CRASH, ({ error }) => {
      this.supervisor.fail(consumer, error);
    });
    on(events.HEARTBEAT, () => {
      this.supervisor.sign(consumer);
    });
    on(events.FETCH, () => {
      this.supervisor.sign(consumer);
      const isReading = this.desk.all().every(({ ready, stopped }) => ready || stopped);
      if (isReading) this.readMs = performance.now();
    });
    on<PassedOver>(events.START_BATCH_PROCESS, (payload) => {
      this.onPassedOver(consumer, payload);
    });
  }

  /**
   * kafkajs fetches again only when every batch of a fetch has been answered for. Where more waits in the partition, one
   * batch is taken ahead, so that the database does not wait for the broker; the next one waits for it, and with it the
   * heartbeats of a process whose handler hangs.
   */
  private async onBatch(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const { desk } = this;
    const { batch } = payload;
    const owned = desk.get(batch);
    if (owned?.ready !== true) return;
    const lastOffset = batch.lastOffset();
    if (!owned.bring(fetchedFrom(batch), BigInt(lastOffset) + 1n)) {
      desk.restand(consumer, owned);
      return;
    }
    payload.resolveOffset(lastOffset);
    const before = owned.settled();
    const handled = this.handle(consumer, owned, payload);
    if (batch.offsetLag() === '0') {
      await handled;
      return;
    }
    // A rebalance, of which the next heartbeat tells the client itself.
    desk.track(handled.catch(() => undefined));
    await before;
  }

  private async handle(
    consumer: Consumer,
    owned: OwnedPartition,
    payload: EachBatchPayload,
  ): Promise<void> {
    const { desk, handler } = this;
    if (handler === undefined) return;
    this.handling += 1;
    try {
      await owned.inTurn(async () => {
        // Also when a heartbeat fails: the client counts the whole batch as brought, and what is left of it was dropped.
        let outcome: 'done' | 'restand' = 'restand';
        try {
          outcome = await handleFetched(owned, payload, {
            handler,
            chunkMax: this.options.chunkMax ?? CHUNK_MAX,
            isMine: () => desk.isMine(owned) && !this.isStopped,
            onChunk: () => {
              this.readMs = performance.now();
            },
            onError: (error) => this.options.onError?.(error),
          });
        } finally {
          // Before the next one in turn looks at the position.
          if (outcome === 'restand') desk.restand(consumer, owned);
        }
      });
    } finally {
      this.handling -= 1;
      this.supervisor.sign(consumer);
    }
  }

  /** Control records end a partition too: the position must reach the end that `ends` reports. */
  private onPassedOver(consumer: Consumer, payload: PassedOver): void {
    const { handler, desk } = this;
    const owned = desk.get(payload);
    if (payload.batchSize > 0 || owned?.ready !== true || handler === undefined) return;
    const nextOffset = BigInt(payload.lastOffset) + 1n;
    owned.pass(nextOffset);
    const move = owned.inTurn(async () => {
      if ((await owned.deliver(handler, [], nextOffset)) === 'fenced')
        desk.restand(consumer, owned);
    });
    desk.track(
      move.catch((error: unknown) => {
        this.options.onError?.(error);
        desk.restand(consumer, owned);
      }),
    );
  }

  private async connectedAdmin(): Promise<Admin> {
    if (this.admin !== undefined) return this.admin;
    const admin = this.options.kafka.admin();
    this.admin = admin;
    await admin.connect();
    return admin;
  }
}

interface PassedOver {
  readonly topic: string;
  readonly partition: number;
  readonly batchSize: number;
  readonly lastOffset: string;
}
