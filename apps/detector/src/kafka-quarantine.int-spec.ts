import { QuarantineReplay, SYSTEM, Wake } from '@amends/application';
import { createKafka, decodeKafkaRecord, OutboxRelay } from '@amends/messaging';
import { PgDatabase } from '@amends/persistence';
import { readHistory, useTestDatabase, waitFor } from '@amends/testing';
import { toIncoming } from './spec-support/detector-fixture';
import { failed } from './spec-support/events';
import { KafkaDetectors } from './spec-support/kafka-detector';
import { putRule } from './spec-support/rule-table';
import { FAILURES } from './spec-support/rules';

jest.setTimeout(120_000);

const database = useTestDatabase();

interface Told {
  readonly type: string;
  readonly subject: string;
  readonly customerid?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

describe('quarantine on Kafka', () => {
  let detectors: KafkaDetectors;
  const told: Told[] = [];
  const ends: (() => Promise<void>)[] = [];

  beforeAll(async () => {
    await putRule(database().pool, FAILURES);
    detectors = await KafkaDetectors.open(database().url);
    const { brokers, pools } = detectors;
    const relay = new OutboxRelay({ brokers, pool: pools.get('ingest') });
    ends.push(() => relay.stop());
    let isRelaying = true;
    const relaying = (async () => {
      while (isRelaying) {
        if (!(await relay.turn())) await new Promise((resolve) => setTimeout(resolve, 50));
      }
    })();
    ends.push(async () => {
      isRelaying = false;
      await relaying;
    });
  });

  afterAll(async () => {
    for (const end of ends.reverse()) await end();
    await detectors.close();
  });

  /** Only once the topic has been made by the first that is told. */
  async function listen(): Promise<void> {
    const kafka = createKafka({ brokers: detectors.brokers, clientId: 'spec' });
    const consumer = kafka.consumer({ groupId: `told-${String(Math.random())}` });
    await consumer.connect();
    ends.push(() => consumer.disconnect());
    await waitFor(
      async () => {
        await consumer.subscribe({ topics: ['amends.quarantine'], fromBeginning: true });
        return true;
      },
      { timeoutMs: 30_000 },
    );
    await consumer.run({
      eachMessage: ({ message }) => {
        told.push(JSON.parse(String(message.value)) as Told);
        return Promise.resolve();
      },
    });
  }

  const rows = async () => {
    const { rows: found } = await database().pool.query<{ id: string; reason: string }>(
      'select id, reason from quarantine order by created_at, "offset"',
    );
    return found;
  };

  it('semantics 9: what cannot be read is told with reason, position and payload', async () => {
    await detectors.start();
    const topic = detectors.topics.topicOf('quality.failed');
    const value = 'not json \u0000 at all';
    await detectors.producer.send({ topic, messages: [{ key: 'x', value, partition: 2 }] });
    await waitFor(async () => (await rows()).length === 1, { timeoutMs: 30_000 });
    await listen();
    const [row] = await rows();
    const found = await waitFor(() => told.find(({ subject }) => subject === row?.id), {
      timeoutMs: 30_000,
    });
    expect(found).toMatchObject({ specversion: '1.0', type: 'amends.quarantine.open' });
    expect(found.customerid).toBeUndefined();
    expect(found.data).toMatchObject({
      source: 'kafka',
      topic,
      partition: 2,
      offset: '0',
      reason: 'malformed_json',
      payload_bytes: value.length,
    });
    expect(Buffer.from(String(found.data['payload_base64']), 'base64').toString()).toBe(value);
  });

  it('semantics 9: a rule that throws is told too, and a replay comes back by way of Kafka', async () => {
    const nowMs = Date.now();
    const { sink, replayer } = detectors.ingest();
    const send = (n: number) =>
      sink.append([toIncoming(failed('torn', nowMs - n * 1_000, `torn-${String(n)}`))], {
        history: false,
      });
    const stateOf = async () => {
      const { rows: found } = await database().pool.query<{ state: string }>(
        `select state from detect_state where key = '"torn"'`,
      );
      return found[0]?.state;
    };
    await send(3);
    const good = await waitFor(stateOf, { timeoutMs: 30_000 });
    await database().pool.query(
      `update detect_state set state = '{torn', revision = revision + 1 where key = '"torn"'`,
    );
    await send(2);
    const row = await waitFor(
      async () => (await rows()).find(({ reason }) => reason === 'rule_failed'),
      { timeoutMs: 30_000 },
    );
    const found = await waitFor(() => told.find(({ subject }) => subject === row.id), {
      timeoutMs: 30_000,
    });
    expect(found).toMatchObject({
      customerid: 'torn',
      data: { rule_id: 'failures', reason: 'rule_failed', event_id: 'torn-2' },
    });

    await database().pool.query(
      `update detect_state set state = $1, revision = revision + 1 where key = '"torn"'`,
      [good],
    );
    const pool = new PgDatabase(detectors.pools.get('ingest'));
    const replay = new QuarantineReplay(pool, replayer, decodeKafkaRecord, new Wake());
    await replay.replay(row.id, SYSTEM);
    await send(1);
    const incidents = await waitFor(
      async () => {
        const { rows: opened } = await database().pool.query<{ key: string }>(
          `select key from incident where rule_id = 'failures'`,
        );
        return opened.length > 0 ? opened : undefined;
      },
      { timeoutMs: 30_000 },
    );
    expect(incidents).toEqual([{ key: '"torn"' }]);
    const kept = await readHistory(database().pool);
    expect(kept.filter(({ event }) => event.id === 'torn-2')).toHaveLength(2);
  });
});
