import { randomUUID } from 'node:crypto';
import { Topics, Wake, type IncomingEvent } from '@amends/application';
import { PgPositionStore, Pools } from '@amends/persistence';
import { createTestDatabase, type TestDatabase } from '@amends/testing';
import { describeEventSource } from '../event-source.contract';
import { LogEventSink } from './log-event-sink';
import { LogEventSource } from './log-event-source';

const TOPIC = 'other.events';

let database: TestDatabase;
let pools: Pools;

afterAll(async () => {
  await pools.close();
  await database.drop();
});

describeEventSource('the log in PostgreSQL', async () => {
  database = await createTestDatabase();
  pools = await Pools.open({ url: database.url, sizes: { log: 20 } });
  const pool = pools.get('log');
  const topics = Topics.byType(() => TOPIC, [TOPIC]);
  const sink = new LogEventSink({ pool, topics });
  return {
    pool,
    topic: TOPIC,
    produce: async (records) => {
      await sink.append(records.map(incoming), { history: false });
    },
    open: async () =>
      new LogEventSource({
        pool,
        positions: new PgPositionStore(pool),
        topics,
        wake: new Wake(),
        batchMax: 10,
        pollMs: 20,
        heartbeatMs: 100,
        sessionTimeoutMs: 2_000,
      }),
  };
});

function incoming({ key, value }: { key: string; value: string }): IncomingEvent {
  const event = {
    source: 'test',
    id: randomUUID(),
    type: 'x.y',
    timeMs: 0,
    customerId: key,
    json: {},
  };
  return { event, body: value, bodyHash: Buffer.from(value) };
}
