import { readHistory, useTestDatabase, waitFor } from '@amends/testing';
import { toIncoming } from './spec-support/detector-fixture';
import { delivered, failed, promised } from './spec-support/events';
import { KafkaDetectors } from './spec-support/kafka-detector';
import { putRule } from './spec-support/rule-table';
import { FAILURES, LATE, PROMISE } from './spec-support/rules';

jest.setTimeout(180_000);

const database = useTestDatabase();

describe('the detector on Kafka', () => {
  let detectors: KafkaDetectors;

  beforeAll(async () => {
    for (const rule of [LATE, PROMISE, FAILURES]) await putRule(database().pool, rule);
    detectors = await KafkaDetectors.open(database().url);
  });

  afterEach(() => detectors.stopAll());

  afterAll(() => detectors.close());

  const keysOf = async (ruleId: string): Promise<string[]> => {
    const { rows } = await database().pool.query<{ key: string }>(
      'select key from incident where rule_id = $1 order by key',
      [ruleId],
    );
    return rows.map(({ key }) => key);
  };

  it('guarantee 1: ingest produces, and what is produced becomes incidents, each once', async () => {
    const { sink } = detectors.ingest();
    const nowMs = Date.now();
    const orders = Array.from({ length: 30 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    const events = orders.flatMap((order) => [
      toIncoming(promised(order, nowMs - 1_000, nowMs + 60_000)),
      toIncoming(delivered(order, nowMs, 30)),
    ]);
    expect(await sink.append(events, { history: false })).toEqual(Array(60).fill('accepted'));
    await detectors.start();
    await waitFor(async () => (await keysOf('late')).length === 30, { timeoutMs: 60_000 });
    expect(await keysOf('late')).toEqual(orders.map((order) => JSON.stringify(order)));

    expect(await sink.append(events, { history: false })).toEqual(Array(60).fill('duplicate'));
    const [first] = events;
    if (first === undefined) throw new Error('no event');
    const other = { ...first, bodyHash: Buffer.from('other') };
    expect(await sink.append([other], { history: false })).toEqual(['quarantined']);
  });

  it('goes on where it was after a restart, and fires deadlines by the clock of its topics', async () => {
    const { sink } = detectors.ingest();
    const { app: first } = await detectors.start();
    const dueMs = Date.now() + 6_000;
    await sink.append([toIncoming(promised('due', Date.now(), dueMs))], { history: false });
    await waitFor(async () => {
      const { rows } = await database().pool.query(`select 1 from timer where key = '"due"'`);
      return rows.length === 1;
    });
    await first.close();
    await detectors.start();
    await waitFor(async () => (await keysOf('promise')).includes('"due"'), { timeoutMs: 60_000 });
    const kept = await readHistory(database().pool);
    expect(kept.filter(({ event }) => event.id === 'promised-due')).toHaveLength(1);
  });

  it('semantics 9: a message that is no event is quarantined and holds nobody up', async () => {
    await detectors.start();
    await detectors.producer.send({
      topic: detectors.topics.topicOf('quality.failed'),
      messages: [
        { key: 'x', value: 'not json' },
        { key: 'x', value: null },
        { key: 'x', value: '{"specversion":"1.0"}' },
      ],
    });
    const { sink } = detectors.ingest();
    const nowMs = Date.now();
    const three = [3, 2, 1].map((n) => toIncoming(failed('x', nowMs - n * 1_000)));
    await sink.append(three, { history: false });
    await waitFor(async () => (await keysOf('failures')).includes('"x"'), { timeoutMs: 60_000 });
    const { rows } = await database().pool.query<{ reason: string }>(
      `select reason from quarantine where source = 'kafka' order by reason`,
    );
    expect(rows.map(({ reason }) => reason)).toEqual([
      'malformed_json',
      'malformed_json',
      'schema_violation',
    ]);
  });

  it('semantics 11: imports over Kafka are history only', async () => {
    await detectors.start();
    const { sink } = detectors.ingest();
    const nowMs = Date.now();
    const three = [3, 2, 1].map((n) => toIncoming(failed('imported', nowMs - n * 1_000)));
    await sink.append(three, { history: true });
    await waitFor(async () => {
      const kept = await readHistory(database().pool);
      const found = kept.filter(({ event }) => event.customerid === 'imported');
      return found.filter(({ imported }) => imported).length === 3;
    });
    expect(await keysOf('failures')).not.toContain('"imported"');
  });

  it('fills customer files from events that did not come through our door', async () => {
    await detectors.start();
    const updated = toIncoming({
      type: 'customer.updated',
      at: Date.now(),
      customer: 'c-file',
      data: { email: 'c@example.com', locale: 'en' },
    });
    await detectors.producer.send({
      topic: detectors.topics.topicOf('customer.updated'),
      messages: [{ value: updated.body }],
    });
    await waitFor(
      async () => {
        const { rows } = await database().pool.query<{ email: string }>(
          `select email from customer where id = 'c-file'`,
        );
        return rows[0]?.email === 'c@example.com';
      },
      { timeoutMs: 60_000 },
    );
  });
});
