import type { EventBatch } from '@amends/application';
import { waitFor } from '@amends/testing';
import { KafkaJSConnectionError } from 'kafkajs';
import { numbered, StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

/** Several fetches of one partition, a megabyte each. */
function large(name: string): string[] {
  return numbered(name, 60).map((one) => `${one}:${'x'.repeat(100_000)}`);
}

describe('a batch that is taken ahead of the one that is handled', () => {
  let rig: StreamRig;

  beforeEach(async () => {
    rig = await StreamRig.start(1);
  });

  afterEach(() => rig.stop());

  it('is fetched while the one before it is handled, and no further one', async () => {
    const sent = large('ahead');
    for (let start = 0; start < sent.length; start += 5)
      await rig.produce(sent.slice(start, start + 5));
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    let fetches = 0;
    const source = await rig.read('one', { sessionTimeoutMs: 30_000 }, (next) => async (batch) => {
      await opened;
      return next(batch);
    });
    const { current } = (source as unknown as { supervisor: { current: Fetching } }).supervisor;
    current.on('consumer.fetch', () => (fetches += 1));
    await waitFor(() => fetches >= 1, { timeoutMs: 30_000 });
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const whileHeld = fetches;
    open();
    await rig.hasRead(sent);

    // Those before the assignment's position was known brought nothing.
    expect(whileHeld).toBeLessThanOrEqual(4);
    expect(fetches).toBeGreaterThan(whileHeld);
    expect(rig.errors).toEqual([]);
  });

  it('guarantee 1: is dropped with the one that failed, and read again behind it', async () => {
    const sent = large('failed');
    for (let start = 0; start < sent.length; start += 5)
      await rig.produce(sent.slice(start, start + 5));
    let calls = 0;
    const seen: bigint[] = [];
    await rig.read('one', { chunkMax: 2 }, (next) => async (batch) => {
      calls += 1;
      if ([3, 9].includes(calls)) throw new Error('on purpose');
      const outcome = await next(batch);
      if (outcome === 'done') seen.push(...batch.records.map(({ offset }) => offset));
      return outcome;
    });
    await rig.hasRead(sent);

    expect(seen).toEqual(sent.map((_, index) => BigInt(index)));
    expect(rig.errors.map(String)).toEqual(['Error: on purpose', 'Error: on purpose']);
  });

  it('guarantee 1: what a failed heartbeat left of the last batch is read, though nothing comes after it', async () => {
    const sent = numbered('beat', 30);
    await rig.produce(sent);
    let chunks = 0;
    let failures = 0;
    const { prototype } = jest.requireActual<{ prototype: Beating }>(CONSUMER_GROUP);
    const beat = prototype.heartbeat;
    const spy = jest.spyOn(prototype, 'heartbeat').mockImplementation(function (this: Beating, of) {
      if (chunks === 0 || failures > 0) return beat.call(this, of);
      failures += 1;
      return Promise.reject(new KafkaJSConnectionError('on purpose', {}));
    });
    await rig.read('one', { chunkMax: 10 }, (next) => async (batch) => {
      const outcome = await next(batch);
      chunks += 1;
      return outcome;
    });
    await rig.hasRead(sent);

    expect(failures).toBe(1);
    spy.mockRestore();
  });

  it('guarantee 2: leaves a handler that hangs without heartbeats: others take its partition', async () => {
    const sent = large('hangs');
    for (let start = 0; start < sent.length; start += 5)
      await rig.produce(sent.slice(start, start + 5));
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const outcomes: { batch: EventBatch; outcome: string }[] = [];
    let isHeld = false;
    const one = await rig.read('one', { sessionTimeoutMs: 2_000 }, (next) => async (batch) => {
      isHeld = true;
      await opened;
      const outcome = await next(batch);
      outcomes.push({ batch, outcome });
      return outcome;
    });
    await waitFor(() => isHeld, { timeoutMs: 30_000 });
    await rig.read('two', { sessionTimeoutMs: 2_000 });
    await rig.hasRead(sent, 60_000);
    expect((await rig.rows()).every(({ reader }) => reader === 'two')).toBe(true);

    open();
    await waitFor(() => outcomes.length === 1);
    expect(outcomes[0]?.outcome).toBe('fenced');
    await waitFor(() => one.isReading, { timeoutMs: 30_000 });
    // What it had taken ahead was dropped: nothing came twice.
    await rig.hasRead(sent);
  });
});

const CONSUMER_GROUP = 'kafkajs/src/consumer/consumerGroup';

interface Beating {
  heartbeat(of: { interval: number }): Promise<void>;
}

interface Fetching {
  on(name: 'consumer.fetch', listener: () => void): void;
}
