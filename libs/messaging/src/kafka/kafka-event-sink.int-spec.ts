import { createHash } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Topics, type IncomingEvent } from '@amends/application';
import { javaProduce, startOwnBroker, testBroker } from '@amends/testing';
import { Kafka, logLevel, type Message } from 'kafkajs';
import { EventProducer } from './event-producer';
import { KafkaEventSink } from './kafka-event-sink';
import { StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

function eventOf(id: string, customerId: string): IncomingEvent {
  const json = { specversion: '1.0', id, source: 's', type: 'x.y', customerid: customerId };
  const body = JSON.stringify(json);
  const event = { source: 's', id, type: 'x.y', timeMs: 0, customerId, json };
  return { event, body, bodyHash: createHash('sha256').update(body).digest() };
}

function sinkOf(rig: StreamRig, producer: EventProducer): KafkaEventSink {
  const topics = new Topics({ topicOf: () => rig.topic, all: [rig.topic], partitions: 1 });
  return new KafkaEventSink({ producer, pool: rig.pool, topics });
}

/** Reads the topic as it is, whatever we think of it. */
async function allOf(rig: StreamRig, count: number): Promise<(Message & { partition: number })[]> {
  const consumer = rig.kafka.consumer({ groupId: `${rig.topic}.${String(Math.random())}` });
  await consumer.connect();
  await consumer.subscribe({ topics: [rig.topic], fromBeginning: true });
  const found: (Message & { partition: number })[] = [];
  await new Promise<void>((resolve) => {
    const late = setTimeout(resolve, 10_000);
    void consumer.run({
      eachMessage: ({ message, partition }) => {
        found.push({ ...message, partition });
        if (found.length === count) {
          clearTimeout(late);
          resolve();
        }
        return Promise.resolve();
      },
    });
  });
  await consumer.disconnect();
  return found;
}

describe('ingest into Kafka', () => {
  it('puts a customer into the partition that the Java client puts it into', async () => {
    const rig = await StreamRig.start(7);
    const { brokers } = await testBroker();
    const customers = ['21', 'foobar', 'a-little-bit-long-string', 'abc', 'c_123', '客户-7', 'é'];
    const producer = new EventProducer(rig.kafka);
    const verdicts = await sinkOf(rig, producer).append(
      customers.map((customer) => eventOf(`e-${customer}`, customer)),
      { history: false },
    );
    expect(verdicts).toEqual(customers.map(() => 'accepted'));
    const ours = await allOf(rig, customers.length);
    const records = customers.map((key) => ({ key, value: 'java' }));
    const theirs = await javaProduce({ brokers, topic: rig.topic, compression: 'none', records });
    const partitions = customers.map(
      (customer) => ours.find(({ key }) => String(key) === customer)?.partition,
    );
    expect(partitions).toEqual(theirs);
    expect(new Set(theirs).size).toBeGreaterThan(2);
    await producer.disconnect();
    await rig.stop();
  });

  it('guarantee 1: refuses while the broker is away, and accepts when it is back', async () => {
    const broker = await startOwnBroker();
    const rig = await StreamRig.start(1, broker);
    const kafka = new Kafka({
      brokers: [...broker.brokers],
      logLevel: logLevel.NOTHING,
      retry: { initialRetryTime: 100, retries: 5 },
    });
    const producer = new EventProducer(kafka);
    const sink = sinkOf(rig, producer);
    expect(await sink.append([eventOf('before', 'c')], { history: false })).toEqual(['accepted']);
    await broker.kill();
    const startMs = Date.now();
    const waiting = ['a', 'b', 'c'].map((id) =>
      sink.append([eventOf(id, 'c')], { history: false }).catch((error: unknown) => error),
    );
    for (const answer of await Promise.all(waiting)) {
      expect(answer).toMatchObject({ code: 'unavailable' });
    }
    expect(Date.now() - startMs).toBeLessThan(20_000);
    await broker.restart();
    expect(await sink.append([eventOf('a', 'c')], { history: false })).toEqual(['accepted']);
    const values = (await allOf(rig, 2)).map(({ value }) => String(value));
    expect(values.filter((value) => value.includes('"before"'))).toHaveLength(1);
    expect(values.filter((value) => value.includes('"a"'))).not.toHaveLength(0);
    await producer.disconnect();
    await rig.stop();
    await broker.stop();
  });

  it('guarantee 1: an event accepted after a lost answer is in Kafka, not taken for the one before', async () => {
    const rig = await StreamRig.start(1);
    const { brokers } = await testBroker();
    let isDeaf = false;
    const kafka = new Kafka({
      brokers: [...brokers],
      logLevel: logLevel.NOTHING,
      requestTimeout: 500,
      retry: { initialRetryTime: 50, retries: 1 },
      socketFactory: ({ host, port, onConnect }) => deafWhen(connect({ host, port }, onConnect)),
    });
    /** What is sent arrives; the answers do not. */
    function deafWhen(socket: Socket): Socket {
      const emit = socket.emit.bind(socket);
      socket.emit = ((name: string, ...rest: unknown[]) =>
        isDeaf && name === 'data' ? true : emit(name, ...rest)) as Socket['emit'];
      return socket;
    }
    const producer = new EventProducer(kafka, 4_000);
    const sink = sinkOf(rig, producer);
    expect(await sink.append([eventOf('one', 'c')], { history: false })).toEqual(['accepted']);
    isDeaf = true;
    await expect(sink.append([eventOf('two', 'c')], { history: false })).rejects.toMatchObject({
      code: 'unavailable',
    });
    isDeaf = false;
    expect(await sink.append([eventOf('three', 'c')], { history: false })).toEqual(['accepted']);
    const text = (await allOf(rig, 4)).map(({ value }) => String(value)).join('\n');
    expect(text).toContain('"three"');
    expect(text).toContain('"two"');
    await producer.disconnect();
    await rig.stop();
  });
});
