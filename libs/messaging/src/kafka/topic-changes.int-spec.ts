import { ClockKeeper } from '@amends/application';
import { PgClockStore, PgPositionStore } from '@amends/persistence';
import { waitFor } from '@amends/testing';
import { numbered, StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

describe('topics that change while they are read', () => {
  let rig: StreamRig;

  beforeEach(async () => {
    rig = await StreamRig.start(2);
  });

  afterEach(() => rig.stop());

  it('semantics 10: a partition that is added holds the clock until it is read, idle ones do not', async () => {
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const source = await rig.read('one', { metadataAgeMaxMs: 500 }, (next) => async (batch) => {
      if (batch.partition === 3) await released;
      return next(batch);
    });
    const keeper = new ClockKeeper({
      source,
      positions: new PgPositionStore(rig.pool),
      store: new PgClockStore(rig.pool),
    });
    const tick = async () => {
      await keeper.tick();
      return keeper.clockOf(rig.topic);
    };
    // Nothing was ever written to either partition.
    const first = await waitFor(tick);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await tick()).toBeGreaterThan(first);

    await rig.admin.createPartitions({ topicPartitions: [{ topic: rig.topic, count: 4 }] });
    const producer = rig.kafka.producer({ idempotent: true });
    await producer.connect();
    const added = numbered('added', 10);
    await waitFor(async () => {
      await producer.send({
        topic: rig.topic,
        acks: -1,
        messages: [{ value: 'added:0', partition: 3 }],
      });
      return true;
    });
    await producer.send({
      topic: rig.topic,
      acks: -1,
      messages: added.slice(1).map((value) => ({ value, partition: 3 })),
    });
    await producer.disconnect();
    await waitFor(async () => (await tick()) === undefined, { timeoutMs: 20_000 });
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await tick()).toBeUndefined();
    expect(keeper.heldBy).toMatchObject([{ topic: rig.topic, partition: 3 }]);

    release();
    await rig.hasRead(added);
    await waitFor(tick, { timeoutMs: 20_000 });
    expect(source.assignments()).toHaveLength(4);
    expect(keeper.heldBy).toEqual([]);
  });

  it('guarantee 1: a topic only some members know of is read by those, whoever leads the group', async () => {
    const more = `${rig.topic}.more`;
    const old = await rig.read('old');
    await waitFor(() => old.assignments().length === 2, { timeoutMs: 30_000 });
    await rig.admin.createTopics({ topics: [{ topic: more, numPartitions: 2 }] });
    // The process that came first leads the group, and has not been restarted with the new topic yet.
    const next = await waitFor(() => rig.read('next', { topics: [rig.topic, more] }));
    await waitFor(() => old.assignments().length + next.assignments().length === 4, {
      timeoutMs: 30_000,
    });
    expect(old.assignments().every(({ topic }) => topic === rig.topic)).toBe(true);
    const sent = numbered('more', 20);
    await rig.produce(sent.slice(0, 10), 0, more);
    await rig.produce(sent.slice(10), 1, more);
    await rig.hasRead(sent);

    await rig.stopReader(old);
    await waitFor(() => next.assignments().length === 4, { timeoutMs: 30_000 });
    const last = numbered('last', 10);
    await rig.produce(last, 1);
    await rig.hasRead(last);
  });
});
