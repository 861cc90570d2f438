import { randomUUID } from 'node:crypto';
import { Topics, Wake } from '@amends/application';
import { createIngest, createKafka, ensureTopics, EventProducer } from '@amends/messaging';
import { Pools } from '@amends/persistence';
import { createLogger, createMetrics, HealthChecks, type Metrics } from '@amends/platform';
import { testBroker } from '@amends/testing';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Admin } from 'kafkajs';
import {
  createDetector,
  DETECTOR_ROLES,
  DetectorModule,
  type DetectorRuntime,
} from '../detector.module';

export interface StartedDetector extends DetectorRuntime {
  readonly app: INestApplication;
  readonly health: HealthChecks;
  readonly metrics: Metrics;
}

/** Detectors on topics of their own at the real broker, with what produces to them. */
export class KafkaDetectors {
  private readonly apps = new Set<INestApplication>();

  private constructor(
    readonly topics: Topics,
    readonly pools: Pools,
    readonly producer: EventProducer,
    readonly admin: Admin,
    readonly brokers: readonly string[],
    private readonly groupId: string,
  ) {}

  static async open(url: string): Promise<KafkaDetectors> {
    const suffix = randomUUID().slice(0, 8);
    const topicOf = (type: string): string => `${type.split('.')[0] ?? 'other'}.${suffix}`;
    const all = ['delivery', 'quality', 'customer'].map((part) => `${part}.${suffix}`);
    const { brokers } = await testBroker();
    const kafka = createKafka({ brokers, clientId: 'spec' });
    await ensureTopics(kafka, all, 4);
    await ensureTopics(kafka, all, 4);
    const producer = new EventProducer(kafka);
    await producer.connect();
    const admin = kafka.admin();
    await admin.connect();
    const pools = await Pools.open({
      url,
      sizes: { detector: 8, timers: 8, ingest: 4 },
      as: DETECTOR_ROLES,
      outbox: true,
    });
    const topics = new Topics({ topicOf, all, partitions: 4 });
    return new KafkaDetectors(topics, pools, producer, admin, brokers, `spec-${suffix}`);
  }

  async start({ standstillMs = 60_000 } = {}): Promise<StartedDetector> {
    const [health, metrics] = [new HealthChecks(), createMetrics()];
    const runtime = createDetector({
      pool: this.pools.get('detector'),
      timerPool: this.pools.get('timers'),
      wake: new Wake(),
      clock: 'wall',
      topics: this.topics,
      brokers: this.brokers,
      groupId: this.groupId,
      chunkMs: 500,
      standstillMs,
      metrics,
      health,
      logger: createLogger({ app: 'spec', level: 'silent' }),
    });
    const app = await NestFactory.create(DetectorModule.forRoot(runtime), { logger: false });
    this.apps.add(app);
    if (runtime.strategy === null) throw new Error('no transport for Kafka');
    app.connectMicroservice({ strategy: runtime.strategy });
    await app.startAllMicroservices();
    await app.init();
    return { ...runtime, app, health, metrics };
  }

  ingest() {
    const { topics, producer } = this;
    const pool = this.pools.get('ingest');
    return createIngest({ pool, topics, wake: new Wake(), clock: 'wall', producer });
  }

  async stopAll(): Promise<void> {
    const apps = [...this.apps];
    this.apps.clear();
    await Promise.all(apps.map((app) => app.close()));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await this.producer.disconnect();
    await this.admin.disconnect();
    await this.pools.close();
  }
}
