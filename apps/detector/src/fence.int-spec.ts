import type { BatchHandler, DetectorObserver } from '@amends/application';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture, toIncoming } from './spec-support/detector-fixture';
import { delivered, failed, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

const database = useTestDatabase();

afterEach(() => DetectorFixture.closeAll());

class Redos implements DetectorObserver {
  readonly reasons: string[] = [];
  readonly fenced: string[] = [];

  onRedo(reason: string): void {
    this.reasons.push(reason);
  }

  onFenced(topic: string, partition: number): void {
    this.fenced.push(`${topic}/${String(partition)}`);
  }
}

beforeAll(async () => {
  for (const rule of [LATE, PROMISE, FAILURES]) await putRule(database().pool, rule);
});

describe('two owners of a partition', () => {
  it("guarantee 2: a zombie's batch writes nothing, whatever it has done", async () => {
    const observer = new Redos();
    const zombie = await DetectorFixture.open(database().url, { observer, idle: true });
    await zombie.detector.start();
    let seen = 0;
    const late: BatchHandler = async (batch) => {
      if (batch.records.length > 0) {
        seen += batch.records.length;
        // Somebody else claims the partition and does the work meanwhile.
        await zombie.pool.query(
          `update stream_position set epoch = epoch + 1
           where topic = $1 and partition = $2 and source = 'log'`,
          [batch.topic, batch.partition],
        );
      }
      return zombie.detector.handle(batch);
    };
    await zombie.source.start(late);
    await zombie.send([delivered('z1', Date.now(), 30), failed('z', Date.now())]);
    await waitFor(() => seen >= 2 && observer.fenced.length >= 2);
    expect(await zombie.incidents()).toEqual([]);
    expect(await zombie.history()).toEqual([]);
    expect(await zombie.rows('select 1 from detect_state')).toEqual([]);
    await zombie.close();

    const heir = await DetectorFixture.open(database().url);
    await heir.settled();
    expect(await heir.incidents()).toMatchObject([{ key: '"z1"' }]);
    await heir.close();
  });

  it('guarantee 2: two detectors at once find everything once', async () => {
    const first = await DetectorFixture.open(database().url, { batchMax: 7 });
    const second = await DetectorFixture.open(database().url, { batchMax: 7 });
    const nowMs = Date.now();
    const orders = Array.from({ length: 200 }, (_, index) => `two-${String(index)}`);
    const events = orders.flatMap((order) => [
      promised(order, nowMs - 60_000, nowMs + 1_000),
      delivered(order, nowMs, 30),
      ...[1, 2, 3].map((n) => failed(order, nowMs - n * 1_000)),
    ]);
    for (let start = 0; start < events.length; start += 40) {
      await first.send(events.slice(start, start + 40));
    }
    await first.settled();
    const [row] = await first.rows(
      `select count(*) filter (where rule_id = 'late')::int as late,
         count(*) filter (where rule_id = 'failures')::int as failures,
         count(*) filter (where rule_id = 'promise')::int as promises,
         (select count(*) from decision_queue q where q.incident_id in (
            select id from incident where customer_id like '%two-%'))::int as decisions
       from incident where customer_id like '%two-%'`,
    );
    expect(row).toEqual({ late: 200, failures: 200, promises: 0, decisions: 400 });
    const owned = () => second.source.assignments().length + first.source.assignments().length;
    await waitFor(() => owned() === 16 && second.source.assignments().length > 0);
    await first.close();
    await second.close();
  }, 60_000);
});

describe('two batches that meet', () => {
  it('a batch that is overtaken is done again from memory', async () => {
    const observer = new Redos();
    const fixture = await DetectorFixture.open(database().url, { observer });
    const nowMs = Date.now();
    await fixture.send([failed('met', nowMs - 2_000, 'm1')]);
    await fixture.settled();
    // Another process writes the state after the batch has read it, and before it writes.
    const other = await fixture.pool.connect();
    await other.query('begin');
    await other.query(`update detect_state set revision = revision + 1 where key = '"met"'`);
    await fixture.send([failed('met', nowMs - 1_000, 'm2'), failed('met', nowMs, 'm3')]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.query('commit');
    other.release();
    await fixture.settled();
    expect(observer.reasons).toEqual(['stale_state']);
    const found = (await fixture.incidents()).filter(({ customer }) => customer === 'met');
    expect(found).toHaveLength(1);
    await fixture.close();
  });

  it('a state that somebody else inserts first is not overwritten', async () => {
    const observer = new Redos();
    const fixture = await DetectorFixture.open(database().url, { observer, idle: true });
    const [rule] = await fixture.rows<{ no: number }>(`select no from rule where id = 'failures'`);
    const nowMs = Date.now();
    // As another process would have left it after two failures, not committed yet.
    const other = await fixture.pool.connect();
    await fixture.start();
    await fixture.send([failed('race', nowMs - 3_000, 'a1'), failed('race', nowMs - 2_000, 'a2')]);
    await fixture.settled();
    const [two] = await fixture.rows<{ state: string }>(
      `select state from detect_state where key = '"race"'`,
    );
    await fixture.pool.query(`delete from detect_state where key = '"race"'`);
    await other.query('begin');
    await other.query(
      'insert into detect_state (rule_no, lane, key, state) values ($1, 0, $2, $3)',
      [rule?.no, '"race"', two?.state],
    );
    await fixture.send([failed('race', nowMs - 1_000, 'a3')]);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await other.query('commit');
    other.release();
    await fixture.settled();
    expect(observer.reasons).toContain('stale_state');
    expect((await fixture.incidents()).filter(({ customer }) => customer === 'race')).toHaveLength(
      1,
    );
    await fixture.close();
  });

  it('redoes a batch that PostgreSQL ended because of a deadlock', async () => {
    const observer = new Redos();
    const fixture = await DetectorFixture.open(database().url, { observer });
    const nowMs = Date.now();
    // In one partition, so that one batch has both.
    const [a = '', b = ''] = onePartition(fixture);
    await fixture.send([failed(a, nowMs - 3_000), failed(b, nowMs - 3_000)]);
    await fixture.settled();
    const other = await fixture.pool.connect();
    await other.query('begin');
    await other.query(`set local deadlock_timeout = '10s'`);
    const touch = 'update detect_state set sweep_after = null where key = $1';
    await other.query(touch, [JSON.stringify(b)]);
    await fixture.send([failed(a, nowMs - 2_000), failed(b, nowMs - 2_000)]);
    // The batch has the first and waits for the second; now the other way round.
    await new Promise((resolve) => setTimeout(resolve, 400));
    const crosswise = other.query(touch, [JSON.stringify(a)]);
    await waitFor(() => observer.reasons.includes('deadlock') || undefined, {
      timeoutMs: 15_000,
    }).catch(() => undefined);
    await crosswise;
    await other.query('commit');
    other.release();
    await fixture.settled();
    const kept = await fixture.history();
    const ofBoth = kept.filter(({ event }) => [a, b].includes(event.customerid as string));
    expect(ofBoth).toHaveLength(4);
    expect(observer.reasons).toContain('deadlock');
    await fixture.close();
  }, 40_000);
});

function onePartition(fixture: DetectorFixture): string[] {
  const names = Array.from({ length: 50 }, (_, index) => `dead-${String(index).padStart(2, '0')}`);
  const partitionOf = (name: string) =>
    fixture.topics.partitionOf(toIncoming(failed(name, 0)).event);
  return names.filter((name) => partitionOf(name) === 0).slice(0, 2);
}
