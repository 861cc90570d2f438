import type { RuleDocument } from '@amends/domain';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { delivered, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { LATE, PROMISE } from './spec-support/rules';

const database = useTestDatabase();

afterEach(() => DetectorFixture.closeAll());

const MOVED: RuleDocument = {
  ...PROMISE,
  id: 'moved',
  detect: { ...PROMISE.detect, start: 'support.promised', extend: 'support.moved' },
} as RuleDocument;

beforeAll(async () => {
  for (const rule of [LATE, PROMISE, MOVED]) await putRule(database().pool, rule);
});

const countOf = async (fixture: DetectorFixture, rule: string): Promise<number> => {
  const [row] = await fixture.rows<{ n: number }>(
    'select count(*)::int as n from incident where rule_id = $1',
    [rule],
  );
  return row?.n ?? 0;
};

describe('timers', () => {
  it('a deadline that moves later leaves its row alone until it falls due', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const nowMs = Date.now();
    const row = async () =>
      (
        await fixture.rows<{ fire_at: Date }>(
          `select fire_at from timer where key = '"m1"' and rule_no = (select no from rule
             where id = 'moved')`,
        )
      )[0]?.fire_at.getTime();
    await fixture.send([
      { ...promised('m1', nowMs, nowMs + 900), type: 'support.promised' },
      { ...promised('m2', nowMs, nowMs + 900), type: 'support.promised' },
    ]);
    await fixture.settled();
    await fixture.send([
      { ...promised('m1', nowMs + 1, nowMs + 2_500), type: 'support.moved', id: 'x' },
    ]);
    await fixture.settled();
    expect(await row()).toBe(nowMs + 900);
    await waitFor(async () => (await countOf(fixture, 'moved')) === 1);
    await waitFor(async () => (await row()) === nowMs + 2_500);
    await waitFor(async () => (await countOf(fixture, 'moved')) === 2);
    const [late] = (await fixture.incidents()).filter(({ key }) => key === '"m1"');
    expect(late?.at.getTime()).toBe(nowMs + 2_500);
    expect(await row()).toBeUndefined();
  }, 20_000);

  it('thousands that fall due at once drain without holding up events, each once', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const rival = await DetectorFixture.open(database().url);
    const count = 6_000;
    const dueMs = Date.now() + 6_000;
    const orders = Array.from({ length: count }, (_, index) => `many-${String(index)}`);
    for (let start = 0; start < count; start += 1_000) {
      const part = orders.slice(start, start + 1_000);
      await fixture.send(part.map((order) => promised(order, dueMs - 10_000, dueMs)));
    }
    await fixture.settled();
    await waitFor(async () => (await countOf(fixture, 'promise')) > 0, { timeoutMs: 15_000 });

    const waits: number[] = [];
    for (let n = 0; (await countOf(fixture, 'promise')) < count && n < 200; n += 1) {
      const startMs = performance.now();
      await fixture.send([delivered(`beside-${String(n)}`, Date.now(), 30)]);
      await fixture.settled();
      waits.push(performance.now() - startMs);
    }
    await waitFor(async () => (await countOf(fixture, 'promise')) === count, { timeoutMs: 30_000 });
    expect(Math.max(0, ...waits)).toBeLessThan(2_000);
    const [asked] = await fixture.rows(
      `select count(*)::int as n, count(distinct incident_id)::int as incidents
       from decision_queue q join incident i on i.id = q.incident_id where i.rule_id = 'promise'`,
    );
    expect(asked).toEqual({ n: count, incidents: count });
    await rival.close();
  }, 90_000);

  it('one long overdue that somebody changes meanwhile is done again, and found once', async () => {
    const nowMs = Date.now();
    const before = await DetectorFixture.open(database().url);
    await before.send([promised('meets', nowMs - 60_000, nowMs + 1_500)]);
    await before.settled();
    await before.close();
    await new Promise((resolve) => setTimeout(resolve, nowMs + 4_500 - Date.now()));
    const reasons: string[] = [];
    const fixture = await DetectorFixture.open(database().url, {
      idle: true,
      observer: { onRedo: (reason) => reasons.push(reason) },
    });
    // As a batch that has written the state and is not committed yet.
    const other = await fixture.pool.connect();
    await other.query('begin');
    await other.query(`update detect_state set revision = revision + 1 where key = '"meets"'`);
    await fixture.start();
    await waitFor(async () => {
      const waits = `select 1 from pg_stat_activity where wait_event_type = 'Lock'
         and datname = current_database()`;
      return (await fixture.rows(waits)).length > 0 || undefined;
    });
    await other.query('commit');
    other.release();
    const found = await waitFor(async () => {
      const incidents = (await fixture.incidents()).filter(({ key }) => key === '"meets"');
      return incidents.length > 0 ? incidents : undefined;
    });
    expect(reasons).toEqual(['stale_state']);
    expect(found).toHaveLength(1);
  }, 30_000);

  it('many that are open cost next to nothing while they wait', async () => {
    const fixture = await DetectorFixture.open(database().url);
    await fixture.rows(
      `insert into timer (clock_group, shard, fire_at, rule_no, lane, key)
       select g.id, 0, now() + interval '1 day' + n * interval '1 second', 999, 0, 'open-' || n
       from generate_series(1, 100000) n, (select id from clock_group limit 1) g`,
    );
    await fixture.rows('analyze timer');
    const plan = await fixture.rows<{ 'QUERY PLAN': string }>(
      `explain (analyze, buffers, timing off, summary off, costs off)
       select g.id, t.fire_at from clock_group g left join lateral (
         select fire_at from timer where clock_group = g.id and fire_at >= '-infinity'
         order by fire_at limit 1) t on true`,
    );
    const text = plan.map((line) => line['QUERY PLAN']).join('\n');
    expect(text).toMatch(/Index Only Scan using timer_due|Index Scan using timer_due/);
    const [, hit] = /Buffers: shared hit=(\d+)/.exec(text) ?? [];
    expect(Number(hit)).toBeLessThan(100);
    await fixture.rows('delete from timer where rule_no = 999');
  });
});
