import { useTestDatabase, waitFor } from '@amends/testing';
import { startOpsServer } from './ops-server';
import { toIncoming } from './spec-support/detector-fixture';
import { delivered } from './spec-support/events';
import { KafkaDetectors, type StartedDetector } from './spec-support/kafka-detector';
import { putRule } from './spec-support/rule-table';
import { LATE } from './spec-support/rules';

jest.setTimeout(120_000);

const database = useTestDatabase({
  invariants: { unchecked: 'a position is put where nothing was read, to be found out' },
});

describe('the health of a detector on Kafka', () => {
  let detectors: KafkaDetectors;

  beforeAll(async () => {
    await putRule(database().pool, LATE);
    detectors = await KafkaDetectors.open(database().url);
  });

  afterAll(() => detectors.close());

  async function asked({ health, metrics }: StartedDetector) {
    const ops = await startOpsServer(0, health, metrics);
    const address = ops.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${String(port)}${path}`);
      return { status: answer.status, text: await answer.text() };
    };
    return { ask, ops };
  }

  it('readiness is to be assigned and reading; liveness fails after a standstill with lag', async () => {
    const standstillMs = 3_000;
    const { ask, ops } = await asked(await detectors.start({ standstillMs }));
    await waitFor(async () => (await ask('/readyz')).status === 200, { timeoutMs: 30_000 });
    expect((await ask('/healthz')).status).toBe(200);

    // A batch that waits for a lock nobody gives up: no error, no progress.
    const blocker = await database().pool.connect();
    await blocker.query('begin');
    await blocker.query('select * from stream_position for update');
    const { sink } = detectors.ingest();
    await sink.append([toIncoming(delivered('stuck', Date.now(), 30))], { history: false });
    await waitFor(async () => (await ask('/healthz')).status === 503, { timeoutMs: 20_000 });
    expect((await ask('/healthz')).text).toMatch(/events of delivery\.\w+\/\d wait/);

    await blocker.query('rollback');
    blocker.release();
    await waitFor(async () => (await ask('/healthz')).status === 200, { timeoutMs: 20_000 });
    await waitFor(async () => (await ask('/readyz')).status === 200, { timeoutMs: 20_000 });
    ops.close();
  });

  it('is not ready when nothing is fetched any more, and lives', async () => {
    const started = await detectors.start();
    const { ask, ops } = await asked(started);
    await waitFor(async () => (await ask('/readyz')).status === 200, { timeoutMs: 30_000 });
    await started.source.stop();
    await waitFor(async () => (await ask('/readyz')).status === 503, { timeoutMs: 20_000 });
    expect((await ask('/readyz')).text).toMatch(/no assignment/);
    expect((await ask('/healthz')).status).toBe(200);
    ops.close();
  });

  it('names a partition that is stopped, and holds the clock of its topic', async () => {
    await detectors.stopAll();
    const [topic = ''] = detectors.topics.all;
    await database().pool.query(
      `insert into stream_position (source, topic, partition, next_offset)
       values ('kafka', $1, 3, 500)
       on conflict (source, topic, partition) do update set next_offset = 500`,
      [topic],
    );
    const started = await detectors.start();
    const { ask, ops } = await asked(started);
    await waitFor(async () => (await ask('/readyz')).text.includes('is stopped'), {
      timeoutMs: 30_000,
    });
    const { status, text } = await ask('/readyz');
    expect({ status, text }).toMatchObject({
      status: 200,
      text: expect.stringMatching(/"degraded".*\/3 is stopped: the stored position is 500/),
    });
    expect(await started.metrics.registry.metrics()).toContain(
      `amends_stream_partition_stopped{topic="${topic}",partition="3"} 1`,
    );
    await waitFor(() => started.detector.clockHeldBy.length > 0);
    expect(started.detector.clockHeldBy).toMatchObject([{ topic, partition: 3 }]);
    ops.close();
  });
});
