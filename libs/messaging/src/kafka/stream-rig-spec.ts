import type { BatchHandler, EventBatch } from '@amends/application';
import { advancePositions, inTransaction, PgPositionStore, Pools } from '@amends/persistence';
import { createTestDatabase, testBroker, waitFor, type TestDatabase } from '@amends/testing';
import type { Admin, Kafka, Producer } from 'kafkajs';
import type { Pool } from 'pg';
import { createKafka, createProducer } from './kafka-client';
import { KafkaEventSource, type KafkaEventSourceOptions } from './kafka-event-source';

/** What a reader has read and the transaction that moved the position has written down. */
interface Read {
  readonly part: number;
  readonly pos: bigint;
  readonly value: string;
  readonly reader: string;
}

/** A topic of the real broker, a database, and readers that write down what they read. */
export class StreamRig {
  readonly errors: unknown[] = [];
  private readonly open = new Set<KafkaEventSource>();

  private constructor(
    readonly topic: string,
    readonly kafka: Kafka,
    readonly admin: Admin,
    readonly producer: Producer,
    private readonly database: TestDatabase,
    private readonly pools: Pools,
  ) {}

  static async start(
    partitions: number,
    { brokers }: { readonly brokers?: readonly string[] } = {},
  ): Promise<StreamRig> {
    const shared = brokers === undefined ? await testBroker() : { brokers };
    const kafka = createKafka({ brokers: shared.brokers, clientId: 'spec' });
    const admin = kafka.admin();
    await admin.connect();
    const topic = `rig.${Math.random().toString(36).slice(2)}`;
    await admin.createTopics({ topics: [{ topic, numPartitions: partitions }] });
    const producer = createProducer(kafka);
    await producer.connect();
    const database = await createTestDatabase();
    const pools = await Pools.open({ url: database.url, sizes: { kafka: 12 } });
    await pools
      .get('kafka')
      .query(
        'create table read_record (topic text, part int, pos bigint, value text, reader text)',
      );
    return new StreamRig(topic, kafka, admin, producer, database, pools);
  }

  get pool(): Pool {
    return this.pools.get('kafka');
  }

  async stop(): Promise<void> {
    await this.stopReaders();
    await this.producer.disconnect();
    await this.admin.disconnect();
    await this.pools.close();
    await this.database.drop();
  }

  async stopReaders(): Promise<void> {
    const open = [...this.open];
    this.open.clear();
    await Promise.all(open.map((source) => source.stop()));
  }

  source(options: Partial<KafkaEventSourceOptions> = {}): KafkaEventSource {
    return new KafkaEventSource({
      kafka: this.kafka,
      groupId: `${this.topic}.group`,
      topics: [this.topic],
      positions: new PgPositionStore(this.pool),
      chunkMax: 10,
      sessionTimeoutMs: 6_000,
      onError: (error) => this.errors.push(error),
      ...options,
    });
  }

  async read(
    reader: string,
    options: Partial<KafkaEventSourceOptions> = {},
    around: (next: BatchHandler) => BatchHandler = (next) => next,
  ): Promise<KafkaEventSource> {
    const source = this.source(options);
    this.open.add(source);
    await source.start(around((batch) => this.write(reader, batch)));
    return source;
  }

  async stopReader(source: KafkaEventSource): Promise<void> {
    this.open.delete(source);
    await source.stop();
  }

  async produce(values: readonly string[], partition = 0, topic = this.topic): Promise<void> {
    const messages = values.map((value) => ({ value, partition }));
    await this.producer.send({ topic, acks: -1, messages });
  }

  async rows(): Promise<Read[]> {
    const { rows } = await this.pool.query<Read>(
      'select part, pos, value, reader from read_record order by topic, part, pos',
    );
    return rows;
  }

  /** Waits until all of these have been read, then makes sure that each was once. */
  async hasRead(values: readonly string[], timeoutMs = 40_000): Promise<void> {
    let found: string[] = [];
    await waitFor(
      async () => {
        found = (await this.rows()).map(({ value }) => value).filter((one) => values.includes(one));
        return new Set(found).size === new Set(values).size;
      },
      { timeoutMs, what: `${String(values.length)} records to be read` },
    );
    expect(found.sort()).toEqual([...values].sort());
  }

  private async write(reader: string, { topic, partition, records, ...batch }: EventBatch) {
    return inTransaction(this.pool, async (client) => {
      const move = { fence: batch.fence, nextOffset: batch.nextOffset, readTimeMs: null };
      const { refused } = await advancePositions(client, [move]);
      if (refused.length > 0) return 'fenced' as const;
      const texts = records.map(({ value }) =>
        value === null ? null : Buffer.from(value).toString(),
      );
      await client.query(
        `insert into read_record
         select $1, $2, o, v, $3 from unnest($4::bigint[], $5::text[]) as u (o, v)`,
        [topic, partition, reader, records.map(({ offset }) => offset), texts],
      );
      return 'done' as const;
    });
  }
}

export function numbered(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${name}:${String(index)}`);
}
