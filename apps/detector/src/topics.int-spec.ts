import { ChangeSettings, readSettings, SYSTEM } from '@amends/application';
import { PgDatabase } from '@amends/persistence';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { delivered, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { PROMISE } from './spec-support/rules';

const database = useTestDatabase();

beforeAll(() => putRule(database().pool, PROMISE));
afterEach(() => DetectorFixture.closeAll());

async function setTopics(fixture: DetectorFixture, topics: Record<string, string>) {
  const sql = new PgDatabase(fixture.pool);
  const { settings } = await readSettings(sql);
  const any = { kind: 'match', tags: ['*'] } as const;
  await new ChangeSettings(sql).execute({ ...settings, topics }, any, SYSTEM);
}

const headsOf = (fixture: DetectorFixture, topic: string) =>
  fixture.rows<{ n: number }>(
    'select sum(next_offset)::int as n from log_head where topic = $1 having count(*) > 0',
    [topic],
  );

const of = async (fixture: DetectorFixture, order: string) =>
  (await fixture.incidents()).filter(({ key }) => key === JSON.stringify(order));

/** Until the clock of a topic has passed an instant. */
const readThrough = (fixture: DetectorFixture, topic: string, atMs: number) =>
  waitFor(async () => {
    const [clock] = await fixture.rows<{ at: Date }>(
      'select read_through as at from topic_clock where topic = $1',
      [topic],
    );
    return clock !== undefined && clock.at.getTime() > atMs;
  });

const claimed = (fixture: DetectorFixture, topic: string) =>
  waitFor(async () => {
    const rows = await fixture.rows('select 1 from stream_position where topic = $1', [topic]);
    return rows.length === fixture.topics.partitions;
  });

describe('a changed map of topics', () => {
  it('is followed within a second: what is sent goes to the new topic, and is read there', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const dueMs = Date.now() + 2_500;
    await fixture.send([
      promised('moved', Date.now(), dueMs),
      promised('missed', Date.now(), dueMs),
    ]);
    await fixture.settled();
    const changedAtMs = Date.now();
    await setTopics(fixture, { 'delivery.delivered': 'shop.events' });
    await waitFor(() => fixture.topics.topicOf('delivery.delivered') === 'shop.events');
    expect(Date.now() - changedAtMs).toBeLessThan(1_000);

    await fixture.send([delivered('moved', Date.now(), 0)]);
    expect(await headsOf(fixture, 'shop.events')).toEqual([{ n: 1 }]);
    await waitFor(async () => (await of(fixture, 'missed')).length === 1);
    expect(await of(fixture, 'moved')).toEqual([]);
    await fixture.settled();
  });

  it('semantics 10: a deadline stored before waits for the new topic as well', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const dueMs = Date.now() + 3_500;
    await fixture.send([promised('waits', Date.now(), dueMs)]);
    await fixture.settled();
    await setTopics(fixture, { 'delivery.delivered': 'slow.events' });
    await claimed(fixture, 'slow.events');

    // Nobody can move the position of the new topic: what comes there stays unread.
    const client = await database().pool.connect();
    try {
      await client.query('begin');
      await client.query("select 1 from stream_position where topic = 'slow.events' for update");
      await fixture.send([delivered('waits', Date.now(), 0)]);
      await readThrough(fixture, 'delivery.events', dueMs + 1_000);
      await readThrough(fixture, 'other.events', dueMs + 1_000);
      expect(await of(fixture, 'waits')).toEqual([]);
    } finally {
      await client.query('rollback');
      client.release();
    }

    await fixture.settled();
    await readThrough(fixture, 'slow.events', dueMs + 1_000);
    expect(await of(fixture, 'waits')).toEqual([]);
  });

  it('guarantee 1: what was sent by the old map is read after the map and a restart', async () => {
    const before = await DetectorFixture.open(database().url);
    await setTopics(before, { 'delivery.delivered': 'old.events' });
    await waitFor(() => before.topics.topicOf('delivery.delivered') === 'old.events');
    await before.source.stop();
    const nowMs = Date.now();
    const dueMs = nowMs + 1_500;
    await before.send([delivered('left', nowMs, 0)]);
    await setTopics(before, {});
    await before.close();

    const after = await DetectorFixture.open(database().url);
    await after.send([promised('left', nowMs - 1_000, dueMs)]);
    await after.settled();
    await readThrough(after, 'old.events', dueMs + 1_000);
    expect(await of(after, 'left')).toEqual([]);
  });
});
