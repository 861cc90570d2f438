import { CreateHold, ReleaseHold } from '@amends/application';
import {
  freePorts,
  spawnTypescript,
  useTestDatabase,
  waitFor,
  WebhookReceiver,
} from '@amends/testing';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { creditRule, person, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const LI = person('li.wei', 'manager');
const WORKERS = 3;

describe('the drill of the kill switch', () => {
  let world: RemedyWorld;
  let service: WebhookReceiver;
  afterAll(async () => {
    await world.close();
    await service.close();
  });
  const database = useTestDatabase();
  beforeAll(async () => {
    service = await WebhookReceiver.start({ secret: SECRET });
    world = await RemedyWorld.open({ url: database().url });
  });

  it('guarantee 4: with three processes at work, a hold is active within a second and nothing leaves after it', async () => {
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.p', amount: { fixed: '1.00 EUR' } },
      }),
    );
    await world.rule(creditRule());
    const seed = async (from: number, to: number): Promise<void> => {
      for (let n = from; n < to; n += 1) {
        const customer = `c-${String(n)}`;
        const rule = n % 2 === 0 ? 'refund' : 'late';
        await world.incident({ rule, customer, event: { data: { p: `p-${String(n)}` } } });
      }
    };
    await seed(0, 300);
    const folder = await mkdtemp(join(tmpdir(), 'drill-'));
    const ports = await freePorts(WORKERS);
    const workers = ports.map((port) =>
      spawnTypescript(`import { main } from '${join(__dirname, '../src/main')}';\nvoid main();`, {
        DATABASE_URL: database().url,
        AMENDS_DATA_DIR: folder,
        PORT: String(port),
        LOG_LEVEL: 'info',
        REFUND_WEBHOOK_URL: service.url,
        REFUND_WEBHOOK_SECRET: SECRET,
      }),
    );
    await Promise.all(workers.map((worker) => worker.line(/remedy is running/)));
    await waitFor(() => service.journal.length > 30, { what: 'refunds under way' });

    const askedMs = performance.now();
    const hold = await new CreateHold(world.remedy).execute(LI, {
      scope: { all: true },
      payments: true,
      messages: true,
      reason: 'drill',
      untilMs: null,
    });
    const tookMs = performance.now() - askedMs;
    const sentThen = service.journal.length;
    await seed(300, 360);
    await new Promise((resolve) => setTimeout(resolve, 1_500));

    expect(hold.state).toBe('active');
    expect(tookMs).toBeLessThan(1_000);
    expect(service.journal).toHaveLength(sentThen);
    const { n: late } = await world.row<{ n: number }>(
      'select count(*)::int as n from compensation where settled_at > $1',
      [hold.effectiveAt],
    );
    expect(late).toBe(0);

    await new ReleaseHold(world.remedy).execute(LI, {
      id: hold.holdId,
      heldItems: 'pay',
      note: null,
    });
    await waitFor(
      async () =>
        (
          await world.row<{ n: number }>(
            `select count(*)::int as n from compensation where state = 'settled'`,
          )
        ).n === 360,
      { what: 'everything that was held', timeoutMs: 90_000 },
    );
    expect(service.acceptedIds).toHaveLength(180);
    expect(await Promise.all(workers.map((worker) => worker.end('SIGTERM')))).toEqual([0, 0, 0]);
  }, 150_000);
});
