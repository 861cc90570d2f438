import { Wake, QuarantineReplay, SYSTEM, decodeStored, type Asked } from '@amends/application';
import { LogEventReplayer } from '@amends/messaging';
import { PgDatabase } from '@amends/persistence';
import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { delivered, failed, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

const database = useTestDatabase();

afterEach(() => DetectorFixture.closeAll());

beforeAll(async () => {
  for (const rule of [LATE, PROMISE, FAILURES]) await putRule(database().pool, rule);
  await putRule(database().pool, { ...FAILURES, id: 'beside' });
});

interface Quarantined {
  readonly id: string;
  readonly rule_id: string;
  readonly reason: string;
  readonly event_id: string | null;
  readonly state: string;
  readonly payload: Buffer;
}

const quarantined = (fixture: DetectorFixture) =>
  fixture.rows<Quarantined>('select * from quarantine order by created_at, "offset"');

/** A state nobody can read: the rule throws on every event that touches it. */
async function corrupt(fixture: DetectorFixture, ruleId: string, key: string): Promise<string> {
  const where = `rule_no = (select no from rule where id = $1) and key = $2`;
  const values = [ruleId, JSON.stringify(key)];
  const [before] = await fixture.rows<{ state: string }>(
    `select state from detect_state where ${where}`,
    values,
  );
  await fixture.rows(
    `update detect_state set state = '{torn', revision = revision + 1 where ${where}`,
    values,
  );
  return before?.state ?? '';
}

const replayOf = (fixture: DetectorFixture) =>
  new QuarantineReplay(
    new PgDatabase(fixture.pool),
    new LogEventReplayer(fixture.topics),
    decodeStored,
    new Wake(),
  );

const ASKED: Asked = { ...SYSTEM, actor: { ...SYSTEM.actor, id: 'li.wei' } };

describe('poison', () => {
  beforeEach(() => database().pool.query('truncate quarantine'));

  it('semantics 9: a record nobody can read is set aside, and its partition goes on', async () => {
    const fixture = await DetectorFixture.open(database().url, { idle: true });
    await fixture.send([delivered('torn', Date.now(), 30), delivered('after', Date.now(), 30)]);
    await fixture.rows(`update event_log set body = '{"specversion":' where body like '%"torn"%'`);
    await fixture.start();
    await fixture.settled();
    expect((await fixture.incidents()).map(({ key }) => key)).toEqual(['"after"']);
    const [row] = await quarantined(fixture);
    expect(row).toMatchObject({
      rule_id: '',
      reason: 'undecodable',
      state: 'open',
      event_id: null,
    });
    expect(row?.payload.toString()).toBe('{"specversion":');
  });

  it('semantics 9: a rule that throws is left out for that event; other rules and events are not', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const nowMs = Date.now();
    await fixture.send([failed('p', nowMs - 3_000, 'p1'), failed('other', nowMs - 3_000, 'x1')]);
    await fixture.settled();
    const state = await corrupt(fixture, 'failures', 'p');

    await fixture.send([
      failed('p', nowMs - 2_000, 'p2'),
      failed('other', nowMs - 2_000, 'x2'),
      failed('p', nowMs - 1_000, 'p3'),
      failed('other', nowMs - 1_000, 'x3'),
    ]);
    await fixture.settled();
    const found = async () =>
      (await fixture.incidents())
        .filter(({ customer }) => customer === 'p' || customer === 'other')
        .map(({ rule, customer }) => `${rule} ${customer}`)
        .sort();
    expect(await found()).toEqual(['beside other', 'beside p', 'failures other']);
    const rows = await quarantined(fixture);
    expect(rows.map(({ rule_id, reason, event_id }) => [rule_id, reason, event_id])).toEqual([
      ['failures', 'rule_failed', 'p2'],
      ['failures', 'rule_failed', 'p3'],
    ]);

    // Put right, and read again: the rule that failed counts it, the others know it.
    await fixture.rows(
      `update detect_state set state = $1, revision = revision + 1 where state = '{torn'`,
      [state],
    );
    for (const { id } of rows) await replayOf(fixture).replay(id, ASKED);
    await waitFor(async () => (await found()).length === 4);
    expect(await found()).toEqual(['beside other', 'beside p', 'failures other', 'failures p']);
    expect((await quarantined(fixture)).map(({ state: now }) => now)).toEqual([
      'replayed',
      'replayed',
    ]);
    const audit = await fixture.rows('select action, actor_id from audit order by seq');
    expect(audit).toEqual(Array(2).fill({ action: 'quarantine.replay', actor_id: 'li.wei' }));
    await expect(replayOf(fixture).replay(rows[0]?.id ?? '', ASKED)).rejects.toThrow(/replayed/);
  });

  it('semantics 9: a rule that throws when a deadline fires stops no other deadline', async () => {
    const fixture = await DetectorFixture.open(database().url);
    const dueMs = Date.now() + 1_200;
    await fixture.send([promised('bad', Date.now(), dueMs), promised('good', Date.now(), dueMs)]);
    await fixture.settled();
    const state = await corrupt(fixture, 'promise', 'bad');
    const fired = async (key: string) =>
      (await fixture.incidents()).some((incident) => incident.key === JSON.stringify(key));
    await waitFor(() => fired('good'));
    const [row] = await waitFor(async () => {
      const rows = await quarantined(fixture);
      return rows.length > 0 ? rows : undefined;
    });
    expect(row).toMatchObject({ rule_id: 'promise', reason: 'rule_failed', event_id: null });
    expect(await fixture.rows('select 1 from timer')).toEqual([]);

    await fixture.rows(
      `update detect_state set state = $1, revision = revision + 1 where state = '{torn'`,
      [state],
    );
    await replayOf(fixture).replay(row?.id ?? '', ASKED);
    await waitFor(() => fired('bad'));
  });

  it('discards for good, with an audit row, and only once', async () => {
    const fixture = await DetectorFixture.open(database().url, { idle: true });
    await fixture.send([{ type: 'x.y', at: Date.now(), id: 'twin', data: { n: 1 } }]);
    await fixture.send([{ type: 'x.y', at: Date.now(), id: 'twin', data: { n: 2 } }]);
    const [row] = await quarantined(fixture);
    const id = row?.id ?? '';
    await replayOf(fixture).discard(id, 'a test event', ASKED);
    expect(await quarantined(fixture)).toMatchObject([{ id, state: 'discarded' }]);
    await expect(replayOf(fixture).discard(id, null, ASKED)).rejects.toThrow(/discarded/);
    await expect(replayOf(fixture).discard('qua_none', null, ASKED)).rejects.toThrow(/not_found/);
    const [audit] = await fixture.rows(
      `select action, reason from audit where action = 'quarantine.discard'`,
    );
    expect(audit).toEqual({ action: 'quarantine.discard', reason: 'a test event' });
  });

  it('passes over an event that the database takes in no form, and reads on', async () => {
    const fixture = await DetectorFixture.open(database().url, { idle: true });
    const nowMs = Date.now();
    const orders = Array.from({ length: 20 }, (_, index) => `u${String(index)}`);
    await fixture.send(orders.map((order) => delivered(order, nowMs, 30)));
    // Passed the door before it refused such texts, say: no jsonb can hold it.
    await fixture.rows(
      `update event_log set body = replace(body, '"delivered_at"', '"odd":"\\u0000","delivered_at"')
       where body like '%"u7"%'`,
    );
    await fixture.start();
    await fixture.settled();
    fixture.takeErrors();
    const found = (await fixture.incidents()).filter(({ key }) => key.startsWith('"u'));
    expect(found).toHaveLength(19);
    expect(await quarantined(fixture)).toMatchObject([{ reason: 'unstorable', rule_id: '' }]);
  });
});
