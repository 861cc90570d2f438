import { PgDatabase } from '@amends/persistence';
import { waitFor } from '@amends/testing';
import { movePosition } from './move-position';
import { numbered, StreamRig } from './stream-rig-spec';

jest.setTimeout(120_000);

describe('a stored position outside of what the topic has', () => {
  let rig: StreamRig;

  beforeEach(async () => {
    rig = await StreamRig.start(2);
  });

  afterEach(() => rig.stop());

  const stops: string[] = [];
  const watched = {
    onStopped: ({ partition }: { partition: number }, why: string) =>
      stops.push(`${String(partition)}: ${why}`),
    onReleased: ({ partition }: { partition: number }) =>
      stops.push(`${String(partition)}: released`),
  };

  beforeEach(() => {
    stops.length = 0;
  });

  const move = (to: string, partition = 0) =>
    movePosition(rig.kafka, new PgDatabase(rig.pool), {
      topic: rig.topic,
      partition,
      to,
      reason: 'a test',
      by: 'li.wei',
    });

  /** As retention does. */
  async function cut(offset: string): Promise<void> {
    // The client knows leaders only of topics it has asked for before.
    await rig.admin.fetchTopicOffsets(rig.topic);
    await rig.admin.deleteTopicRecords({
      topic: rig.topic,
      partitions: [{ partition: 0, offset }],
    });
  }

  async function remakeTopic(): Promise<void> {
    await rig.admin.deleteTopics({ topics: [rig.topic] });
    await waitFor(async () => !(await rig.admin.listTopics()).includes(rig.topic));
    await waitFor(() =>
      rig.admin.createTopics({ topics: [{ topic: rig.topic, numPartitions: 2 }] }),
    );
  }

  it('guarantee 1: what retention has cut away unread stops its partition, and no other', async () => {
    const [read, lost, left, other] = ['read', 'lost', 'left', 'other'].map((n) => numbered(n, 10));
    const first = await rig.read('first', watched);
    await rig.produce(read ?? []);
    await rig.hasRead(read ?? []);
    await rig.stopReader(first);
    await rig.produce([...(lost ?? []), ...(left ?? [])]);
    await cut('20');

    const source = await rig.read('second', watched);
    await rig.produce(other ?? [], 1);
    await rig.hasRead(other ?? []);
    await waitFor(() => source.stopped.length === 1);
    expect(source.stopped[0]).toMatchObject({
      partition: 0,
      why: 'the stored position is 10, and the topic now has 20 to 30',
    });
    expect(stops).toEqual([expect.stringMatching(/^0: the stored position is 10/)]);
    expect(source.isReading).toBe(true);
    expect((await rig.rows()).some(({ value }) => value.startsWith('left'))).toBe(false);

    await expect(move('19')).rejects.toThrow(/an offset from 20 to 30/);
    expect(await move('earliest')).toBe(20n);
    await rig.hasRead(left ?? []);
    expect(stops.at(-1)).toBe('0: released');
    const { rows } = await rig.pool.query(
      `select actor_id, action, before, after, reason from audit where action = 'position.set'`,
    );
    expect(rows).toMatchObject([
      { actor_id: 'li.wei', before: { offset: '10' }, after: { offset: '20' }, reason: 'a test' },
    ]);
  });

  it('guarantee 1: a topic made anew under a reader stops it, and stays so when it has grown', async () => {
    const before = numbered('before', 10);
    const source = await rig.read('first', watched);
    await rig.produce(before);
    await rig.hasRead(before);
    await remakeTopic();
    await waitFor(
      async () => {
        await source.ends();
        return source.stopped.some(({ partition }) => partition === 0);
      },
      { timeoutMs: 60_000, pollMs: 200 },
    );

    // Longer now than what had been read: by its range alone nobody could tell any more.
    const anew = numbered('anew', 15);
    await rig.produce(anew);
    await rig.stopReaders();
    const next = await rig.read('second', watched);
    await waitFor(() => next.stopped.some(({ partition }) => partition === 0));
    expect((await rig.rows()).some(({ value }) => value.startsWith('anew'))).toBe(false);
    await move('earliest');
    await rig.hasRead(anew);
  });

  it('a position set under a reader fences it out, and it goes on from there', async () => {
    const records = numbered('first', 10);
    const source = await rig.read('first', watched);
    await rig.produce(records);
    await rig.hasRead(records);
    await cut('8');
    expect(await move('8')).toBe(8n);
    await rig.produce(numbered('next', 1));
    await waitFor(async () => (await rig.rows()).length === 13);
    const offsets = (await rig.rows()).map(({ pos }) => Number(pos));
    expect(offsets.slice(8)).toEqual([8, 8, 9, 9, 10]);
    expect(source.stopped).toEqual([]);
    await expect(move('3')).rejects.toThrow(/an offset from 8 to 11/);
    await expect(move('latest', 7)).rejects.toThrow(/there is no/);
  });
});
