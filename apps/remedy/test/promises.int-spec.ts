import {
  CreateHold,
  CreateManualCompensation,
  RemedyObserver,
  watchPromises,
  type Asked,
} from '@amends/application';
import { MailFolderChannel, WebhookProvider } from '@amends/channels';
import { testRunFolder, useTestDatabase, WebhookReceiver } from '@amends/testing';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { creditRule, person, RemedyWorld } from './remedy-world';

describe('our own promises', () => {
  let world: RemedyWorld;
  const steps: [step: string, seconds: number][] = [];
  afterAll(() => world.close());
  const database = useTestDatabase();
  beforeAll(async () => {
    const observer = new (class extends RemedyObserver {
      override madeGood(step: string, seconds: number): void {
        steps.push([step, seconds]);
      }
    })();
    const channels = [new MailFolderChannel(join(testRunFolder(), randomUUID()))];
    world = await RemedyWorld.open({ url: database().url, observer, channels });
    await world.rule(creditRule());
    const email = { subject: 'Late', text: 'We are sorry: {{ amount }}.' };
    await world.template('sorry', { id: 'sorry', locales: { en: { email } } });
  });

  it('are told of once each when they stay open too long, and counted while they do', async () => {
    await world.settings({
      promises: { approval: '1h', hold: '1h', unknown: '1h', replacement: '1h' },
    });
    const { holdId } = await new CreateHold(world.remedy).execute(person('li'), {
      scope: { rule: 'late' },
      payments: true,
      messages: false,
      reason: 'x',
      untilMs: null,
    });
    expect(await watchPromises(world.database)).toMatchObject({ hold: 0 });
    await world.database.query(`update hold set created_at = now() - interval '2 hours'`);

    expect(await watchPromises(world.database)).toEqual({
      approval: 0,
      hold: 1,
      unknown: 0,
      replacement: 0,
    });
    expect(await watchPromises(world.database)).toMatchObject({ hold: 1 });
    expect(
      await world.rows(
        `select about, detail->>'promise' as promise from notice where kind = 'promise.late'`,
      ),
    ).toEqual([{ about: `hold:${holdId}`, promise: 'hold' }]);
    await world.database.query(
      `update hold set state = 'released', released_at = now(), drained_at = now()`,
    );
    expect(await watchPromises(world.database)).toMatchObject({ hold: 0 });
  });

  it('count from when the money was sent, not from when it was owed, where nobody knows what became of it', async () => {
    const secret = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
    const service = await WebhookReceiver.start({ secret });
    const url = new URL(service.url);
    const provider = new WebhookProvider({ url, secret, timeoutMs: 300 });
    const other = await RemedyWorld.open({ url: database().url, providers: [provider] });
    await other.settings({
      promises: { approval: '1h', hold: '1h', unknown: '1h', replacement: '1h' },
    });
    await other.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.p', amount: { fixed: '7.00 EUR' } },
      }),
    );
    const event = { data: { p: 'pay-1' } };
    const incident = await other.incident({ rule: 'refund', customer: 'lost', event });
    await other.decide();
    // It has waited for two days, for whatever reason.
    await other.database.query(
      `update compensation set created_at = now() - interval '2 days', reserved_at = now() - interval '2 days'
       where rule_id = 'refund'`,
    );
    service.script('accept-then-fail');
    await other.pay();
    expect(await other.compensations(incident)).toMatchObject([{ state: 'unknown' }]);
    expect(await watchPromises(other.database)).toMatchObject({ unknown: 0 });

    await other.database.query(
      `update payment_attempt set first_sent_at = now() - interval '61 minutes'`,
    );
    expect(await watchPromises(other.database)).toMatchObject({ unknown: 1 });
    await other.hurry();
    await other.pay();
    expect(await watchPromises(other.database)).toMatchObject({ unknown: 0 });
    await other.close();
    await service.close();
  });

  it('an unknown payout, a replacement that is not sent, an approval: each by its own time', async () => {
    await world.settings({
      promises: { approval: '3h', hold: '1h', unknown: '1h', replacement: '2h' },
    });
    const create = new CreateManualCompensation(world.remedy);
    const give = async (by: Asked, as: 'replacement' | 'refund' | 'credit') => {
      const money = { minor: 9_900n, currency: 'EUR' };
      const about = { customerId: `late-${as}`, money, reason: 'x', payment: 'pay-1' };
      return (await create.execute(by, { ...about, as })).compensationId;
    };
    const [replacement, refund, credit] = [
      await give(person('li'), 'replacement'),
      await give(person('li'), 'refund'),
      await give(person('agent', 'editor'), 'credit'),
    ];
    const change = (set: string) =>
      world.rows(`update compensation set ${set} where id = $1`, [refund]);
    await change(`state = 'unknown', held_by = null`);
    await world.rows(
      `insert into payment_attempt (id, compensation_id, attempt_no, provider, idem_key, request_hash,
         amount_minor, currency, state, key_window, first_sent_at)
       values ('late', $1, 1, 'webhook', 'late', 'x', 9900, 'EUR', 'unknown', '1 day', now())`,
      [refund],
    );
    const pass = async (hours: number) => {
      const ago = `now() - interval '${String(hours)} hours 1 minute'`;
      await world.rows(
        `update compensation set created_at = ${ago} where customer_id like 'late-%'`,
      );
      await world.rows(`update payment_attempt set first_sent_at = ${ago} where id = 'late'`);
      await world.rows(`update approval set requested_at = ${ago} where compensation_id = $1`, [
        credit,
      ]);
    };
    const late = { hold: 0, unknown: 1, replacement: 1, approval: 1 };

    expect(await watchPromises(world.database)).toEqual({
      ...late,
      unknown: 0,
      replacement: 0,
      approval: 0,
    });
    await pass(1);
    expect(await watchPromises(world.database)).toEqual({ ...late, replacement: 0, approval: 0 });
    await pass(2);
    expect(await watchPromises(world.database)).toEqual({ ...late, approval: 0 });
    await pass(3);
    expect(await watchPromises(world.database)).toEqual(late);
    expect(
      await world.rows(
        `select about, detail->>'promise' as promise from notice
         where kind = 'promise.late' and about = any ($1) order by promise`,
        [[`compensation:${replacement}`, `compensation:${refund}`]],
      ),
    ).toEqual([
      { about: `compensation:${replacement}`, promise: 'replacement' },
      { about: `compensation:${refund}`, promise: 'unknown' },
    ]);
    await world.rows(`delete from payment_attempt where id = 'late'`);
    await change(`state = 'held', held_by = 'no-provider'`);
  });

  it('the time from a failure until it is detected, the money has moved and the customer is told is measured', async () => {
    steps.length = 0;
    const at = new Date(Date.now() - 60_000).toISOString();
    const clock = new Date(Date.now() - 20_000).toISOString();
    await world.settings({ brand: { sender_name: 'Shop', sender_address: 'care@shop.example' } });
    await world.customer('timed', { email: 'timed@customer.example' });
    await world.incident({ rule: 'late', customer: 'timed', at, clock });
    await world.decide();
    await world.send();

    const seconds = new Map(steps);
    expect(seconds.get('detected')).toBeCloseTo(40, 0);
    expect(seconds.get('moved')).toBeGreaterThanOrEqual(60);
    expect(seconds.get('moved')).toBeLessThan(90);
    expect(seconds.get('told')).toBeGreaterThanOrEqual(seconds.get('moved') ?? 0);
    expect(seconds.get('told')).toBeLessThan(90);
  });
});
