import { startOwnBroker, waitFor } from '@amends/testing';
import type { Consumer, Kafka } from 'kafkajs';
import { numbered, StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

describe('a consumer under supervision', () => {
  let rig: StreamRig;

  beforeAll(async () => {
    rig = await StreamRig.start(2);
  });

  afterEach(async () => {
    await rig.stopReaders();
    rig.errors.length = 0;
  });

  afterAll(() => rig.stop());

  /** The client as it is, but for what the first so many consumers do instead of running. */
  function breaking(count: number, run: (consumer: Consumer) => Consumer['run']) {
    let built = 0;
    const kafka = {
      admin: () => rig.kafka.admin(),
      consumer: (...args: Parameters<Kafka['consumer']>) => {
        const consumer = rig.kafka.consumer(...args);
        built += 1;
        return built > count ? consumer : { ...consumer, run: run(consumer) };
      },
    } as unknown as Kafka;
    return { kafka, built: () => built };
  }

  it('guarantee 1: is built anew after a crash that kafkajs does not restart from', async () => {
    const { kafka, built } = breaking(
      2,
      (consumer) => (config) =>
        consumer.run({
          ...config,
          // As kafkajs' own "Cannot read property 'brokers' of null": not to be tried again.
          eachBatch: () => Promise.reject(new TypeError('a fault inside the client')),
        }),
    );
    const sent = numbered('crash', 30);
    let rebuilds = 0;
    const source = await rig.read('one', { kafka, onRebuild: () => (rebuilds += 1) });
    await rig.produce(sent);
    await rig.hasRead(sent);
    expect(built()).toBe(3);
    expect(rebuilds).toBe(2);
    expect(String(rig.errors[0])).toMatch(/a fault inside the client/);
    expect(source.isReading).toBe(true);
    expect(source.assignments()).toHaveLength(2);
  });

  it('guarantee 1: is built anew when it falls silent', async () => {
    const { kafka, built } = breaking(1, () => () => Promise.resolve());
    const sent = numbered('silent', 30);
    const source = await rig.read('one', { kafka, silenceMaxMs: 2_000 });
    expect(source.isReading).toBe(false);
    await rig.produce(sent);
    await rig.hasRead(sent);
    expect(built()).toBe(2);
    expect(String(rig.errors[0])).toMatch(/no sign of life/);
  });

  it('does not take a handler that is slow for a silent consumer', async () => {
    const { kafka, built } = breaking(0, () => () => Promise.resolve());
    const sent = numbered('slow', 5);
    await rig.read('one', { kafka, silenceMaxMs: 1_000 }, (next) => async (batch) => {
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return next(batch);
    });
    await rig.produce(sent);
    await rig.hasRead(sent);
    expect(built()).toBe(1);
  });

  it('guarantee 1: reads on after the broker was killed, and says meanwhile that it does not', async () => {
    const broker = await startOwnBroker();
    const own = await StreamRig.start(2, broker);
    const [before, after] = [numbered('before', 20), numbered('after', 20)];
    const source = await own.read('one');
    await own.produce(before);
    await own.hasRead(before);
    expect(source.isReading).toBe(true);

    await broker.kill();
    await waitFor(() => !source.isReading, { timeoutMs: 20_000 });
    await broker.restart();
    await own.produce(after);
    await own.hasRead([...before, ...after], 60_000);
    await waitFor(() => source.isReading, { timeoutMs: 15_000 });
    await own.stop();
    await broker.stop();
  });
});
