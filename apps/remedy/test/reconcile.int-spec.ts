import { Reconcile, ReconcileNightly, RemedyObserver, type Incidence } from '@amends/application';
import { WebhookProvider } from '@amends/channels';
import { SimulatedProvider, useTestDatabase, WebhookDialect, type Fault } from '@amends/testing';
import { creditRule, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

class Alarms extends RemedyObserver {
  readonly codes: string[] = [];

  override alarm(what: string, { code }: Incidence): void {
    if (what.includes('differ')) this.codes.push(code ?? '');
  }
}

describe('our books against the list of a provider', () => {
  let world: RemedyWorld;
  let simulated: SimulatedProvider;
  let provider: WebhookProvider;
  let offsetMs = 0;
  const alarms = new Alarms();
  afterAll(async () => {
    await world.close();
    await simulated.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    simulated = await SimulatedProvider.start({
      personality: 'first-body',
      dialect: new WebhookDialect(SECRET, 'first-body'),
      now: () => Date.now() + offsetMs,
    });
    // It cannot be asked about one payout: only the list tells.
    provider = new WebhookProvider({
      url: new URL(simulated.url),
      listUrl: new URL(simulated.url),
      secret: SECRET,
      timeoutMs: 300,
    });
    world = await RemedyWorld.open({
      url: database().url,
      providers: [provider],
      observer: alarms,
    });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
  });
  beforeEach(() => {
    alarms.codes.length = 0;
  });

  let count = 0;
  async function paid(fault?: Fault) {
    count += 1;
    const payment = `pay-${String(count)}`;
    simulated.book.capture(payment, { minor: 5_000n, currency: 'EUR' });
    const incident = await world.incident({
      rule: 'refund',
      customer: `c-${String(count)}`,
      event: { data: { payment_id: payment } },
    });
    await world.decide();
    if (fault !== undefined) simulated.script(fault);
    await world.pay();
    const [compensation] = await world.compensations(incident);
    return { id: compensation?.id ?? '', payment };
  }
  const stateOf = async (id: string) =>
    (await world.row<{ state: string }>('select state from compensation where id = $1', [id]))
      .state;
  const reconcile = () => {
    const nowMs = Date.now() + offsetMs;
    return new Reconcile(world.remedy).execute(provider, nowMs - 30 * DAY_MS, nowMs + 2 * HOUR_MS);
  };
  const kinds = (differences: readonly { kind: string; compensationId: string | null }[]) =>
    differences.map(({ kind, compensationId }) => [kind, compensationId]);
  const openDifferences = async () =>
    (
      await world.rows<{ kind: string }>(
        'select kind from payout_difference where ended_at is null order by kind',
      )
    ).map(({ kind }) => kind);

  it('agree about what was paid, and pass over what others have refunded', async () => {
    await paid();
    simulated.book.capture('elsewhere', { minor: 100n, currency: 'EUR' });

    expect(await reconcile()).toMatchObject({ compared: 1, listed: 1, differences: [] });
  });

  it('pass over what another brand has sent by the same account', async () => {
    const twin = new WebhookProvider({
      name: 'twin',
      url: new URL(simulated.url),
      listUrl: new URL(simulated.url),
      secret: SECRET,
      timeoutMs: 300,
    });
    const nowMs = Date.now() + offsetMs;
    const ofTwin = await new Reconcile(world.remedy).execute(twin, nowMs - DAY_MS, nowMs + HOUR_MS);

    expect(ofTwin).toMatchObject({ compared: 0, differences: [] });
    expect(ofTwin.foreign).toBe(ofTwin.listed);
    expect(ofTwin.foreign).toBeGreaterThan(0);
    expect(alarms.codes).toEqual([]);
  });

  it('guarantee 7: settle what was lost, and tell the customer', async () => {
    const { id } = await paid('cut-after');
    expect(await stateOf(id)).toBe('unknown');

    expect(await reconcile()).toMatchObject({ resolved: 1, differences: [] });

    expect(await stateOf(id)).toBe('settled');
    expect(await world.rows('select 1 from message where compensation_id = $1', [id])).toHaveLength(
      1,
    );
  });

  it('guarantee 2: take "not in the list" for a failure only when it is said twice, and late', async () => {
    const { id } = await paid('cut-before');
    const older = (ms: number) =>
      world.rows(
        `update payment_attempt set first_sent_at = first_sent_at - $2::float8 * interval '1 ms',
           last_sent_at = last_sent_at - $2::float8 * interval '1 ms',
           not_found_at = not_found_at - $2::float8 * interval '1 ms'
         where compensation_id = $1`,
        [id, ms],
      );
    await reconcile();
    expect(await stateOf(id)).toBe('unknown');
    await older(21 * HOUR_MS);
    expect(await reconcile()).toMatchObject({ resolved: 0 });
    expect(await stateOf(id)).toBe('unknown');
    await older(16 * 60_000);
    expect(await reconcile()).toMatchObject({ resolved: 1 });

    expect(await stateOf(id)).toBe('failed');
  });

  it('name what is missing there, tell of it once, and forget it when it has come', async () => {
    const { id, payment } = await paid();
    const [refund] = simulated.book.ofPayment(payment) as unknown as { key: string | null }[];
    if (!refund) throw new Error('nothing was refunded');
    const { key } = refund;
    await world.rows(
      `with aged as (
         update compensation set reserved_at = reserved_at - interval '2 hours' where id = $1
       )
       update payment_attempt set first_sent_at = first_sent_at - interval '2 hours'
       where compensation_id = $1`,
      [id],
    );
    refund.key = null;

    const first = await reconcile();
    await reconcile();

    expect(kinds(first.differences)).toEqual([['missing_there', id]]);
    expect(alarms.codes).toEqual(['missing_there']);
    expect(
      await world.rows(`select action from audit where object = $1 and action like 'payout.%'`, [
        `compensation:${id}`,
      ]),
    ).toEqual([{ action: 'payout.missing_there' }]);
    refund.key = key;
    await reconcile();
    expect(await openDifferences()).toEqual([]);
  });

  it('name what was paid there and is not known here, as after a backup that was restored', async () => {
    const { payment } = await paid();
    const money = { minor: 1n, currency: 'EUR' };
    simulated.book.refund({ key: 'cmp_of_yesterday_1', payment, money });

    const { differences } = await reconcile();

    expect(kinds(differences)).toEqual([['missing_here', null]]);
  });

  it('name another sum, another currency, and what was paid twice', async () => {
    const sum = await paid();
    const twice = await paid();
    simulated.book.refund({
      key: `${twice.id}_1`,
      payment: twice.payment,
      money: { minor: 700n, currency: 'EUR' },
    });
    simulated.book.refund({
      key: `${sum.id}_1`,
      payment: sum.payment,
      money: { minor: 1n, currency: 'EUR' },
    });

    const { differences } = await reconcile();

    expect(kinds(differences).filter(([, id]) => id !== null)).toEqual([
      ['doubled', sum.id],
      ['other_amount', sum.id],
      ['doubled', twice.id],
    ]);
  });

  it('take out of the books what the bank has sent back', async () => {
    const { id } = await paid('fail-after-success');
    offsetMs += 4 * DAY_MS;

    const { differences } = await reconcile();

    expect(kinds(differences)).toContainEqual(['failed_there', id]);
    expect(await stateOf(id)).toBe('reversed');
    expect(kinds((await reconcile()).differences)).not.toContainEqual(['failed_there', id]);
  });

  it('are not judged by half a list', async () => {
    const broken = new WebhookProvider({
      url: new URL(simulated.url),
      listUrl: new URL('http://127.0.0.1:1/'),
      secret: SECRET,
    });
    const before = await openDifferences();

    await expect(
      new Reconcile(world.remedy).execute(broken, Date.now() - DAY_MS, Date.now()),
    ).rejects.toThrow('did not give its list');
    expect(await openDifferences()).toEqual(before);
  });

  it('are compared once a night, by whichever process comes first', async () => {
    const nightly = () => new ReconcileNightly(world.remedy, 24).execute();

    await world.rows(
      `insert into payout_reconcile (provider, claimed_until) values ('webhook', now() + interval '1 minute')`,
    );
    expect(await nightly()).toEqual([]);
    await world.rows(`update payout_reconcile set claimed_until = now() - interval '1 second'`);
    const done = await Promise.all([nightly(), nightly(), nightly()]);

    expect(done.flat()).toHaveLength(1);
    expect(await nightly()).toEqual([]);
    await world.rows(`update payout_reconcile set through = through - interval '25 hours'`);
    expect(await nightly()).toHaveLength(1);
  });
});
