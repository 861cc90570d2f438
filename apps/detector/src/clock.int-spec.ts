import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { cancelled, delivered, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { PROMISE } from './spec-support/rules';

const database = useTestDatabase();
const HOUR_MS = 3_600_000;

afterEach(() => DetectorFixture.closeAll());

const TWO_TOPICS = {
  ...PROMISE,
  id: 'callback',
  detect: {
    ...PROMISE.detect,
    start: 'support.callback.promised',
    expect: 'delivery.delivered',
  },
} as typeof PROMISE;

beforeAll(async () => {
  await putRule(database().pool, PROMISE);
  await putRule(database().pool, TWO_TOPICS);
});

const of = async (fixture: DetectorFixture, order: string) =>
  (await fixture.incidents()).filter(({ key }) => key === JSON.stringify(order));

/** The rounds of the clock and of the timers that come after this moment. */
async function rounds(fixture: DetectorFixture): Promise<void> {
  const { rows } = await fixture.pool.query<{ now: Date }>('select clock_timestamp() as now');
  await waitFor(async () => {
    const clocks = await fixture.rows<{ read_through: Date }>(
      `select read_through from topic_clock where topic like '%.events'`,
    );
    return clocks.length === 4 && clocks.every((one) => one.read_through > (rows[0]?.now ?? 0));
  });
  await new Promise((resolve) => setTimeout(resolve, 700));
}

describe('the wall clock', () => {
  it('a deadline fires when its time has passed, and the incident bears that time', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const dueMs = Date.now() + 800;
    await fixture.send([promised('plain', Date.now(), dueMs), promised('kept', Date.now(), dueMs)]);
    await fixture.send([delivered('kept', Date.now(), 0)]);
    const [found] = await waitFor(async () => {
      const incidents = await of(fixture, 'plain');
      return incidents.length > 0 ? incidents : undefined;
    });
    expect(found?.at.getTime()).toBe(dueMs);
    expect(found?.closed).toBeNull();
    expect(Date.now() - dueMs).toBeLessThan(3_000);
    await rounds(fixture);
    expect(await of(fixture, 'kept')).toEqual([]);
  });

  it('semantics 10: after a standstill what waits is read before any deadline fires', async () => {
    const before = await DetectorFixture.open(database().url);
    const startMs = Date.now() - 3 * HOUR_MS;
    const dueMs = startMs + HOUR_MS;
    const orders = Array.from({ length: 300 }, (_, index) => `backlog-${String(index)}`);
    await before.close();
    await database().pool.query(
      `insert into topic_clock select unnest(array['delivery.events', 'support.events']), now()
       on conflict (topic) do update set read_through = now() - interval '3 hours'`,
    );

    const feeder = await DetectorFixture.open(database().url, { idle: true });
    await feeder.send(orders.map((order) => promised(order, startMs, dueMs)));
    await feeder.send(
      orders.map((order, index) => {
        const inTime = index % 2 === 0;
        return { ...delivered(order, inTime ? dueMs - 1_000 : dueMs + 1_000, 0), id: `d-${order}` };
      }),
    );
    await feeder.close();

    const after = await DetectorFixture.open(database().url, { batchMax: 20 });
    await after.settled();
    await rounds(after);
    const found = (await after.incidents()).filter(({ key }) => key.startsWith('"backlog-'));
    // What came too late was read first, and is judged by its own time: broken, and closed at once.
    expect(found).toHaveLength(150);
    expect(found.every(({ at, refuted }) => at.getTime() === dueMs && refuted === null)).toBe(true);
    expect(found.every(({ closed }) => closed?.getTime() === dueMs + 1_000)).toBe(true);
  }, 30_000);

  it('semantics 10: a partition that is not read holds the deadlines of its topic', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const startMs = Date.now();
    await fixture.send([
      { ...promised('held', startMs, startMs + 600), type: 'support.callback.promised' },
      { ...promised('free', startMs, startMs + 600), id: 'promised-free' },
    ]);
    await fixture.settled();
    // An event that nobody can read yet: the end of its partition is further than any position.
    await fixture.pool.query(
      `insert into log_head (topic, partition, next_offset) values ('support.events', 3, 1000000)
       on conflict (topic, partition) do update set next_offset = log_head.next_offset + 1000000`,
    );
    await waitFor(async () => (await of(fixture, 'free')).length > 0);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(await of(fixture, 'held')).toEqual([]);
    expect(fixture.detector.clockHeldBy).toMatchObject([{ topic: 'support.events', partition: 3 }]);

    await fixture.pool.query(
      `update log_head set next_offset = next_offset - 1000000
       where topic = 'support.events' and partition = 3`,
    );
    await waitFor(async () => (await of(fixture, 'held')).length > 0);
    expect(fixture.detector.clockHeldBy).toEqual([]);
  }, 30_000);

  it('semantics 13: an expect that comes late but was in time refutes the incident', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const startMs = Date.now();
    await fixture.send([promised('refuted', startMs, startMs + 500)]);
    await waitFor(async () => (await of(fixture, 'refuted')).length > 0);
    await fixture.send([delivered('refuted', startMs + 300, 0)]);
    await fixture.settled();
    const [found] = await of(fixture, 'refuted');
    expect(found?.refuted).not.toBeNull();
    expect(found?.closed?.getTime()).toBe(startMs + 300);
    const asked = await fixture.rows(
      `select q.kind from decision_queue q join incident i on i.id = q.incident_id
       where i.key = '"refuted"' order by q.id`,
    );
    expect(asked).toEqual([{ kind: 'decide' }, { kind: 'refute' }]);
    const [rule] = await fixture.rows(`select refuted_count from rule where id = 'promise'`);
    expect(rule).toEqual({ refuted_count: 1n });
  });

  it('an expect later than the deadline closes the incident and leaves it', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const startMs = Date.now();
    await fixture.send([promised('late', startMs, startMs + 400)]);
    await waitFor(async () => (await of(fixture, 'late')).length > 0);
    await fixture.send([delivered('late', startMs + 5_000, 0)]);
    await fixture.settled();
    const [found] = await of(fixture, 'late');
    expect(found).toMatchObject({ refuted: null, state: 'paying' });
    expect(found?.closed?.getTime()).toBe(startMs + 5_000);
  });

  it('an expect that comes before its start keeps the promise all the same', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const startMs = Date.now() - 60_000;
    await fixture.send([delivered('early', startMs + 1_000, 0)]);
    await fixture.settled();
    await fixture.send([promised('early', startMs, startMs + 2_000)]);
    await fixture.send([
      promised('called-off', startMs, startMs + 2_000),
      cancelled('called-off', startMs + 500),
    ]);
    await fixture.settled();
    await rounds(fixture);
    expect(await of(fixture, 'early')).toEqual([]);
    expect(await of(fixture, 'called-off')).toEqual([]);
  });
});
