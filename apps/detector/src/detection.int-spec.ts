import { useTestDatabase, waitFor } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { delivered, failed } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE } from './spec-support/rules';

const database = useTestDatabase();
const MINUTE_MS = 60_000;

describe('the detector reading the log', () => {
  let fixture: DetectorFixture;

  beforeAll(async () => {
    const failures = await putRule(database().pool, FAILURES);
    await putRule(database().pool, { ...FAILURES, id: 'watched' }, { shadow: 1 });
    await putRule(database().pool, LATE);
    expect(failures).toBe(1);
    fixture = await DetectorFixture.open(database().url);
  });

  afterAll(() => fixture.close());

  const incidentsOf = async (customer: string) =>
    (await fixture.incidents()).filter((incident) => incident.customer === customer);

  it('guarantee 1: every event read is in history, and what a rule finds is an incident', async () => {
    const nowMs = Date.now();
    await fixture.send([delivered('d1', nowMs, 30), delivered('d2', nowMs, 5)]);
    await fixture.settled();

    expect(await incidentsOf('customer-d1')).toMatchObject([
      { rule: 'late', key: '"d1"', occurrence: '', state: 'paying' },
    ]);
    expect(await incidentsOf('customer-d2')).toEqual([]);
    const ids = (await fixture.history()).map(({ event }) => event.id as string);
    const ofBoth = ids.filter((id) => /^delivered-d.$/.test(id));
    expect(ofBoth.sort()).toEqual(['delivered-d1', 'delivered-d2']);
  });

  it('asks for a decision on every new incident, in the shard of its customer', async () => {
    const asked = await fixture.rows(
      `select q.kind, q.unit, q.customer_id, i.rule_id, q.at = i.event_time as same_time
       from decision_queue q join incident i on i.id = q.incident_id
       where q.customer_id = 'customer-d1'`,
    );
    expect(asked).toEqual([
      { kind: 'decide', unit: 0, customer_id: 'customer-d1', rule_id: 'late', same_time: true },
    ]);
  });

  it('semantics 2: the same event sent twice counts once', async () => {
    const nowMs = Date.now();
    const two = [failed('twice', nowMs - 2 * MINUTE_MS, 't1'), failed('twice', nowMs, 't2')];
    expect(await fixture.send(two)).toEqual(['accepted', 'accepted']);
    expect(await fixture.send([...two, ...two])).toEqual(Array(4).fill('duplicate'));
    await fixture.settled();
    expect(await incidentsOf('twice')).toEqual([]);

    // Let in again, as over Kafka: the states know it all the same.
    await fixture.pool.query('delete from event_seen');
    expect(await fixture.send(two)).toEqual(['accepted', 'accepted']);
    await fixture.settled();
    expect(await incidentsOf('twice')).toEqual([]);

    await fixture.send([failed('twice', nowMs + 1_000, 't3')]);
    await fixture.settled();
    expect(await incidentsOf('twice')).toHaveLength(2);
  });

  it('semantics 2: the same source and id with another body is quarantined', async () => {
    const nowMs = Date.now();
    expect(await fixture.send([failed('reused', nowMs, 'r1')])).toEqual(['accepted']);
    expect(await fixture.send([failed('reused', nowMs + 1, 'r1')])).toEqual(['quarantined']);
    expect(await fixture.send([failed('reused', nowMs + 1, 'r1')])).toEqual(['quarantined']);
    const rows = await fixture.rows(
      `select reason, event_id, state, convert_from(payload, 'UTF8')::json->>'customerid' as customer
       from quarantine where event_id = 'r1'`,
    );
    expect(rows).toEqual([
      { reason: 'id_reused', event_id: 'r1', state: 'open', customer: 'reused' },
    ]);
  });

  it('semantics 7: a shadow incident stands apart from the live one', async () => {
    const both = await incidentsOf('twice');
    expect(both.map(({ rule, state }) => [rule, state]).sort()).toEqual([
      ['failures', 'paying'],
      ['watched', 'shadow'],
    ]);
  });

  it('semantics 11: imports are kept in history and pay nothing', async () => {
    const nowMs = Date.now();
    const imported = [1, 2, 3, 4].map((ago) => failed('past', nowMs - ago * MINUTE_MS));
    await fixture.send([...imported, delivered('past', nowMs - MINUTE_MS, 60)], true);
    await fixture.settled();
    expect(await incidentsOf('past')).toEqual([]);
    expect(await incidentsOf('customer-past')).toEqual([]);
    const kept = await fixture.history();
    const past = kept.filter(({ event }) =>
      ['past', 'customer-past'].includes(event.customerid as string),
    );
    expect(past.map(({ imported }) => imported)).toEqual(Array(5).fill(true));

    // Nor do they count with what happens later.
    await fixture.send([failed('past', nowMs)]);
    await fixture.settled();
    expect(await incidentsOf('past')).toEqual([]);
  });

  it('counts what could not be decided, per rule and path', async () => {
    const nowMs = Date.now();
    const bare = delivered('bare', nowMs, 30);
    await fixture.send([
      { ...bare, data: { order_id: 'bare' } },
      { ...delivered('nobody', nowMs, 30), id: 'nobody', data: { ...bare.data, order_id: 7 } },
      { type: 'quality.failed', at: nowMs },
    ]);
    await fixture.settled();
    const rows = await waitFor(async () => {
      const found = await fixture.rows<{ rule_id: string; path: string; n: bigint }>(
        'select rule_id, path, n from undecidable order by rule_id, path',
      );
      return found.length >= 3 ? found : undefined;
    });
    expect(rows).toEqual([
      { rule_id: 'failures', path: 'customerid', n: 1n },
      { rule_id: 'late', path: 'late', n: 1n },
      { rule_id: 'watched', path: 'customerid', n: 1n },
    ]);
  });

  it('keeps the values that live rules look history up by', async () => {
    await fixture.pool.query(
      `insert into history_key_path (type, path) values ('refund.issued', 'data.order_id')`,
    );
    await fixture.pool.query('update rule_set set generation = generation + 1');
    const data = { order_id: 'k-1' };
    await fixture.send([
      { type: 'refund.issued', at: Date.now(), id: 'refund-1', data },
      { type: 'refund.issued', at: Date.now(), id: 'refund-2', data: {} },
    ]);
    await fixture.settled();
    const rows = await fixture.rows<{ type: string; path: string; seq: bigint; time: Date }>(
      `select type, path, seq, time from history_key
       where value_hash = substr(sha256('"k-1"'::bytea), 1, 16)`,
    );
    const kept = await fixture.history();
    const found = rows.map(({ seq, time, ...key }) => {
      const named = kept.find((one) => one.seq === seq);
      return { ...key, id: named?.event.id, same_time: named?.timeMs === time.getTime() };
    });
    expect(found).toEqual([
      { type: 'refund.issued', path: 'data.order_id', id: 'refund-1', same_time: true },
    ]);
  });
});
