import { startOwnBroker, testBroker } from './test-broker';

describe('a test broker', () => {
  it('carries events in order', async () => {
    const broker = await testBroker();
    const topic = await broker.createTopic();
    const producer = broker.client().producer();
    await producer.connect();
    await producer.send({ topic, acks: -1, messages: [{ value: 'a' }, { value: 'b' }] });
    await producer.disconnect();
    const consumer = broker.client().consumer({ groupId: topic, sessionTimeout: 6_000 });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });

    const values = await new Promise<string[]>((resolve, reject) => {
      const seen: string[] = [];
      consumer
        .run({
          eachMessage: ({ message }) => {
            seen.push(String(message.value));
            if (seen.length === 2) resolve(seen);
            return Promise.resolve();
          },
        })
        .catch(reject);
    });

    expect(values).toEqual(['a', 'b']);
    await consumer.disconnect();
  });

  it('gives every spec a topic of its own, with the partitions it asks for', async () => {
    const broker = await testBroker();
    const [one, two] = await Promise.all([
      broker.createTopic({ numPartitions: 3 }),
      broker.createTopic({ prefix: 'delivery.events' }),
    ]);
    const admin = broker.client().admin();
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: [one, two] });
    await admin.disconnect();

    expect(two).toMatch(/^delivery\.events\./);
    expect(topics.map(({ name, partitions }) => [name, partitions.length])).toEqual(
      expect.arrayContaining([
        [one, 3],
        [two, 1],
      ]),
    );
  });

  it('can be killed and has everything again after a restart', async () => {
    const broker = await startOwnBroker();
    const { Kafka, logLevel } = await import('kafkajs');
    const kafka = new Kafka({ brokers: [...broker.brokers], logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 1 }] });
    const producer = kafka.producer();
    await producer.connect();
    await producer.send({ topic: 'kept', acks: -1, messages: [{ value: 'x' }] });

    await broker.kill();
    await broker.restart();

    const [offsets] = await admin.fetchTopicOffsets('kept');
    expect(offsets?.high).toBe('1');
    await producer.disconnect();
    await admin.disconnect();
    await broker.stop();
  }, 60_000);
});
