import { Controller, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import {
  EventSource,
  type Assignment,
  type BatchHandler,
  type BatchOutcome,
  type EventBatch,
  type PartitionEnd,
} from '@amends/application';
import { PgPositionStore, Pools } from '@amends/persistence';
import { createTestDatabase, testBroker, type TestDatabase } from '@amends/testing';
import type { Producer } from 'kafkajs';
import { describeEventSource } from '../event-source.contract';
import { KAFKA_BATCH, KafkaBatchContext, KafkaBatchServer } from './kafka-batch-server';
import { createKafka, createProducer } from './kafka-client';
import { KafkaEventSource } from './kafka-event-source';

jest.setTimeout(120_000);

let database: TestDatabase;
let pools: Pools;
let producer: Producer;

afterAll(async () => {
  await producer.disconnect();
  await pools.close();
  await database.drop();
});

/** The source as the detector has it: bound through Nest, a batch handler behind a controller. */
class BoundThroughNest extends EventSource {
  readonly name: string;
  readonly topics: readonly string[];
  private app: INestMicroservice | undefined;

  constructor(private readonly source: KafkaEventSource) {
    super();
    this.name = source.name;
    this.topics = source.topics;
  }

  async start(handler: BatchHandler): Promise<void> {
    const controller = controllerOf(this.topics[0] ?? '', handler);
    class SpecModule {}
    this.app = await NestFactory.createMicroservice(
      { module: SpecModule, controllers: [controller] },
      { strategy: new KafkaBatchServer(this.source), logger: false },
    );
    await this.app.listen();
  }

  async stop(): Promise<void> {
    await this.app?.close();
  }

  assignments(): readonly Assignment[] {
    return this.source.assignments();
  }

  ends(): Promise<PartitionEnd[]> {
    return this.source.ends();
  }
}

function controllerOf(topic: string, handler: BatchHandler): new () => object {
  @Controller()
  class SpecController {
    @EventPattern([topic], KAFKA_BATCH)
    async take(
      @Payload() batch: EventBatch,
      @Ctx() context: KafkaBatchContext,
    ): Promise<BatchOutcome> {
      expect(context.batch).toBe(batch);
      return handler(batch);
    }
  }
  return SpecController;
}

describeEventSource('Kafka through a Nest transport', async () => {
  database = await createTestDatabase();
  pools = await Pools.open({ url: database.url, sizes: { kafka: 20 } });
  const pool = pools.get('kafka');
  const broker = await testBroker();
  const topic = await broker.createTopic({ numPartitions: 4 });
  const kafka = createKafka({ brokers: broker.brokers, clientId: 'spec' });
  producer = createProducer(kafka);
  await producer.connect();
  return {
    pool,
    topic,
    produce: async (records) => {
      await producer.send({ topic, acks: -1, messages: [...records] });
    },
    open: async () =>
      new BoundThroughNest(
        new KafkaEventSource({
          kafka,
          groupId: `${topic}.group`,
          topics: [topic],
          positions: new PgPositionStore(pool),
          chunkMax: 10,
          sessionTimeoutMs: 6_000,
        }),
      ),
  };
});
