import { useTestDatabase } from '@amends/testing';
import { DetectorFixture } from './spec-support/detector-fixture';
import { delivered, promised } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

const database = useTestDatabase();

afterEach(() => DetectorFixture.closeAll());

describe('a batch of a thousand events', () => {
  it('costs at most a dozen statements, whatever it causes', async () => {
    for (const rule of [LATE, PROMISE, FAILURES]) await putRule(database().pool, rule);
    await database().pool.query(
      `insert into history_key_path (type, path) values ('delivery.delivered', 'data.order_id')`,
    );
    const nowMs = Date.now();
    // One topic, so that the thousand events are one read of four partitions.
    const first = Array.from({ length: 500 }, (_, i) =>
      promised(`s${String(i)}`, nowMs, nowMs + 9e8),
    );
    const second = Array.from({ length: 250 }, (_, i) =>
      delivered(`s${String(i)}`, nowMs, i % 2 === 0 ? 30 : 0),
    );
    const third = Array.from({ length: 250 }, (_, i) =>
      promised(`t${String(i)}`, nowMs, nowMs + 9e8),
    );
    const fixture = await DetectorFixture.open(database().url, { idle: true, chunkMs: 60_000 });
    const statements: string[] = [];
    countStatements(fixture, statements);
    await fixture.send(first);
    await fixture.start();
    await fixture.settled();
    await fixture.source.stop();

    // States to change, to make and to close, timers to set and to delete, incidents, look-up keys.
    await fixture.send([
      ...second,
      ...third,
      ...first.map((event) => ({ ...event, id: `${String(event.id)}-b` })),
    ]);
    statements.length = 0;
    await fixture.source.start(fixture.detector.handle);
    await fixture.settled();

    const ofBatch = statements.filter(
      (text) => !/from event_log|log_head|stream_member/.test(text),
    );
    const batches = ofBatch.filter((text) => text === 'commit').length;
    expect(batches).toBe(1);
    expect(ofBatch.length).toBeLessThanOrEqual(12);
    const [incidents] = await fixture.rows(`select count(*)::int as n from incident`);
    expect(incidents).toEqual({ n: 125 });
    const [keys] = await fixture.rows(`select count(*)::int as n from history_key`);
    expect(keys).toEqual({ n: 250 });
    await fixture.close();
  }, 60_000);
});

/** Notes every statement that the batches' pool sends. */
function countStatements(fixture: DetectorFixture, into: string[]): void {
  const pool = fixture.pools.get('detector');
  const seen = new WeakSet<object>();
  pool.on('acquire', (client) => {
    if (seen.has(client)) return;
    seen.add(client);
    const send = client.query.bind(client) as (...args: unknown[]) => unknown;
    Object.assign(client, {
      query: (...args: unknown[]) => {
        const [first] = args;
        const text = typeof first === 'string' ? first : (first as { text?: string }).text;
        // Statements sent together are one round trip, and counted by their number all the same.
        into.push(...(text ?? '').split(/;\s*/));
        return send(...args);
      },
    });
  });
}
