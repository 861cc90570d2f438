import { javaProduce, testBroker } from '@amends/testing';
import { CompressionTypes } from 'kafkajs';
import { numbered, StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

describe('compressed batches', () => {
  let rig: StreamRig;

  beforeAll(async () => {
    rig = await StreamRig.start(2);
    await rig.read('one', { chunkMax: 1_000 });
  });

  afterAll(() => rig.stop());

  it.each(['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const)(
    "guarantee 1: %s as Kafka's own Java client produces it is read",
    async (compression) => {
      const { brokers } = await testBroker();
      // Long enough for several blocks, and repetitive, so that it is really compressed.
      const values = numbered(`${compression}:${'客户 is waiting for an order, '.repeat(40)}`, 80);
      const records = values.map((value, index) => ({ key: String(index), value }));
      await javaProduce({ brokers, topic: rig.topic, compression, records });
      await rig.hasRead(values);
      expect(rig.errors).toEqual([]);
    },
  );

  it.each([
    ['gzip', CompressionTypes.GZIP],
    ['snappy', CompressionTypes.Snappy],
    ['lz4', CompressionTypes.LZ4],
  ])('guarantee 1: %s as kafkajs produces it is read', async (name, compression) => {
    const values = numbered(`kafkajs ${name}`, 50);
    await rig.producer.send({
      topic: rig.topic,
      acks: -1,
      compression,
      messages: values.map((value) => ({ value })),
    });
    await rig.hasRead(values);
  });

  it('refuses to produce with zstd, which nothing of ours does', async () => {
    const sending = rig.producer.send({
      topic: rig.topic,
      compression: CompressionTypes.ZSTD,
      messages: [{ value: 'x' }],
    });
    await expect(sending).rejects.toThrow(/zstd/);
  });
});
