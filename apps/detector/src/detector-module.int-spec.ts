import { Wake } from '@amends/application';
import { createIngest, createTopics } from '@amends/messaging';
import { Pools } from '@amends/persistence';
import { createLogger, createMetrics, HealthChecks } from '@amends/platform';
import { useTestDatabase, waitFor } from '@amends/testing';
import { NestFactory } from '@nestjs/core';
import { createDetector, DetectorModule } from './detector.module';
import { startOpsServer } from './ops-server';
import { toIncoming } from './spec-support/detector-fixture';
import { delivered } from './spec-support/events';
import { putRule } from './spec-support/rule-table';
import { LATE } from './spec-support/rules';

const database = useTestDatabase();

describe('DetectorModule', () => {
  it('reads from its start to its end, and says how it is', async () => {
    await putRule(database().pool, LATE);
    const pools = await Pools.open({
      url: database().url,
      sizes: { detector: 4, timers: 4, ingest: 2 },
    });
    const wake = new Wake();
    const topics = createTopics('wall', { current: {}, known: [] }, 'log');
    const [metrics, health] = [createMetrics(), new HealthChecks()];
    const runtime = createDetector({
      pool: pools.get('detector'),
      timerPool: pools.get('timers'),
      wake,
      clock: 'wall',
      topics,
      brokers: [],
      groupId: 'spec',
      chunkMs: 50,
      standstillMs: 60_000,
      metrics,
      health,
      logger: createLogger({ app: 'spec', level: 'silent' }),
    });
    const app = await NestFactory.createApplicationContext(DetectorModule.forRoot(runtime), {
      logger: false,
    });
    const decisions = wake.mark('decisions');
    const { sink } = createIngest({ pool: pools.get('ingest'), topics, wake, clock: 'wall' });
    await sink.append([toIncoming(delivered('m', Date.now(), 30))], { history: false });
    await waitFor(() => wake.mark('decisions') > decisions);

    const ops = await startOpsServer(0, health, metrics);
    const address = ops.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ask = (path: string) => fetch(`http://127.0.0.1:${String(port)}${path}`);
    expect((await ask('/healthz')).status).toBe(200);
    expect(await (await ask('/readyz')).json()).toMatchObject({
      status: 'ok',
      parts: { detector: { status: 'ok' } },
    });
    const text = await waitFor(async () => {
      const answer = await (await ask('/metrics')).text();
      return answer.includes('amends_clock_held_seconds{') ? answer : undefined;
    });
    expect(text).toMatch(/amends_incidents_total\{change="opened"\} 1/);
    expect(text).toMatch(/amends_rule_set_generation 2/);
    expect(text).toMatch(/amends_clock_held_seconds\{topic="delivery.events",partition="0"\} 0/);
    expect((await ask('/else')).status).toBe(404);
    ops.close();

    await app.close();
    await pools.close();
    const members = await database().pool.query('select 1 from stream_member');
    expect(members.rows).toEqual([]);
  }, 30_000);
});
