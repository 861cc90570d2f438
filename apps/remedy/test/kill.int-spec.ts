import {
  createTestDatabase,
  findViolations,
  spawnTypescript,
  startSmtpServer,
  waitFor,
  WebhookReceiver,
  type TestDatabase,
  type TestSmtpServer,
} from '@amends/testing';
import { join } from 'node:path';
import { creditRule, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const INCIDENTS = 24;

/** The point and its pass: each is reached by what the world below makes remedy do. */
const CRASHES = [
  'decision.after-lock:1',
  'decision.after-lock:3',
  'decision.before-commit:1',
  'decision.before-commit:4',
  'decision.after-commit:1',
  'decision.after-commit:4',
  'payout.after-attempt-row:1',
  'payout.after-attempt-row:5',
  'payout.before-record:1',
  'payout.before-record:6',
  'payout.after-record:1',
  'payout.after-record:5',
  'message.after-claim:1',
  'message.after-claim:3',
  'message.before-record:1',
  'message.before-record:9',
];

/** All of remedy's loops in a process of their own, as the app runs them. */
const HARNESS = (folder: string) => `
import { Topics, Wake } from '@amends/application';
import { createMessageChannels, createPayoutProviders } from '@amends/channels';
import { PgDatabase, Pools } from '@amends/persistence';
import { createLogger, createMetrics, HealthChecks } from '@amends/platform';
import { REMEDY_ROLES, RemedyModule } from '${join(folder, '../src/remedy.module')}';
import { RemedyWorkers } from '${join(folder, '../src/remedy-workers')}';

async function main() {
  const env = process.env;
  const pools = await Pools.open({ url: env.DATABASE_URL ?? '', sizes: { remedy: 16 }, as: REMEDY_ROLES, outbox: true });
  const logger = createLogger({ app: 'harness', level: 'error' });
  const { channels } = createMessageChannels({ smtpUrl: env.SMTP_URL, dataFolder: '/nowhere' });
  const providers = createPayoutProviders({ refundUrl: env.REFUND_URL, refundSecret: env.SECRET });
  const module = RemedyModule.forRoot({
    database: new PgDatabase(pools.get('remedy')), wake: new Wake(), clock: 'wall', relay: null, ownEvents: null,
    topicsOf: () => ['other.events'], providers, channels, metrics: createMetrics(),
    health: new HealthChecks(), logger, audit: { anchors: [], everyMs: 60_000 },
  });
  const workers = (module.providers ?? []).find((p) => typeof p === 'object' && p.provide === RemedyWorkers);
  workers.useValue.start();
  process.stdout.write('running\\n');
}
void main();
`;

describe('kill -9', () => {
  let database: TestDatabase;
  let world: RemedyWorld;
  let service: WebhookReceiver;
  let smtp: TestSmtpServer;

  beforeEach(async () => {
    database = await createTestDatabase();
    service = await WebhookReceiver.start({
      secret: SECRET,
      answer: ({ id }) => ({ status: 200, body: { reference: `re_${String(id)}` } }),
    });
    smtp = await startSmtpServer();
    world = await RemedyWorld.open({ url: database.url, poolSize: 6 });
    await prepare();
  });
  afterEach(async () => {
    await world.close();
    await service.close();
    await smtp.close();
    await database.drop();
  });

  /** Credits, vouchers, words and refunds for several customers, with limits and a budget. */
  async function prepare(): Promise<void> {
    const template = {
      id: 'sorry',
      locales: { en: { email: { subject: 'Sorry', text: '{{ amount | default: "a word" }}' } } },
    };
    await world.template('sorry', template);
    await world.budget('EUR', 1_000_000);
    const limits = [{ times: 20, per: 'customer', over: '30d', then: 'skip' as const }];
    await world.rule(creditRule({ id: 'credit', limits }));
    await world.rule(
      creditRule({ id: 'voucher', limits, pay: { as: 'voucher', amount: { fixed: '3.00 EUR' } } }),
    );
    await world.rule(
      creditRule({
        id: 'refund',
        limits,
        pay: { as: 'refund', payment: 'data.payment', amount: { fixed: '7.00 EUR' } },
      }),
    );
    for (let n = 0; n < 6; n += 1) {
      await world.customer(`c${String(n)}`, { email: `c${String(n)}@customer.example` });
    }
    const rules = ['credit', 'voucher', 'refund'];
    for (let n = 0; n < INCIDENTS; n += 1) {
      await world.incident({
        rule: rules[n % 3] ?? 'credit',
        customer: `c${String(n % 6)}`,
        key: String(n),
        event: { data: { payment: `p${String(n)}` } },
      });
    }
  }

  function start(crash?: string) {
    return spawnTypescript(HARNESS(__dirname), {
      DATABASE_URL: database.url,
      SMTP_URL: smtp.url,
      REFUND_URL: service.url,
      SECRET,
      ...(crash !== undefined && { AMENDS_CRASH_AT: crash, AMENDS_TEST_CRASH: '1' }),
    });
  }

  it.each(CRASHES)(
    'guarantee 2: at %s moves every sum exactly once, and tells of it',
    async (crash) => {
      const first = start(crash);
      const signal = await new Promise((resolve) => {
        first.process.on('exit', (_code, with9) => {
          resolve(with9);
        });
      });
      // It bit: the process died there, and not for another reason.
      expect(signal).toBe('SIGKILL');
      expect(await findViolations(database.url)).toEqual([]);

      // Leases run out by themselves within a minute; a test does not wait for it.
      await world.rows(`update message set lease_until = now(), not_before = now()
      where state = 'sending' returning id`);
      await world.hurry();
      const second = start();
      await waitFor(
        async () => {
          const left = await world.row<{ n: number }>(
            `select (select count(*) from decision_queue)::int
             + (select count(*) from compensation where state <> 'settled')::int
             + (select count(*) from message where state <> 'sent')::int as n`,
          );
          return left.n === 0;
        },
        { what: 'everything to be paid and told', timeoutMs: 30_000 },
      );
      await second.end('SIGKILL');

      expect(await findViolations(database.url, { atRest: true })).toEqual([]);
      const compensations = await world.compensations();
      expect(compensations).toHaveLength(INCIDENTS);
      // The outside oracle: what the service acted on, once per refund.
      const refunds = compensations.filter(({ kind }) => kind === 'refund');
      expect([...service.acceptedIds].sort()).toEqual(refunds.map(({ id }) => `${id}_1`).sort());
      // And the wallets: eight credits of 5.00 over the customers.
      const { sum } = await world.row<{ sum: bigint }>(
        'select sum(balance_minor)::bigint as sum from wallet_balance',
      );
      expect(sum).toBe(BigInt((INCIDENTS / 3) * 500));
      // Every message came; one may have come twice, and then bears the same id.
      const ids = new Set(smtp.mails.map(({ mail }) => mail.messageId));
      expect(ids.size).toBe(INCIDENTS);
      expect(smtp.mails.length - ids.size).toBeLessThanOrEqual(8);
    },
    60_000,
  );
});
