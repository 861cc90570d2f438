import { Approve } from '@amends/application';
import { WebhookProvider, type WebhookProviderOptions } from '@amends/channels';
import {
  SimulatedProvider,
  TRAITS,
  useTestDatabase,
  waitFor,
  WebhookDialect,
  WebhookReceiver,
  type Fault,
  type Personality,
} from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const HOUR_MS = 3_600_000;
const REPLAY = {
  'first-body': 'first-body',
  'latest-status': 'latest-status',
  'only-success': 'only-success',
  asynchronous: 'latest-status',
  'no-change': 'no-change',
} as const;

/** What an operator would declare of such a provider. */
function providerFor(
  simulated: SimulatedProvider,
  personality: Personality,
  options: Partial<WebhookProviderOptions> = {},
): WebhookProvider {
  const traits = TRAITS[personality];
  return new WebhookProvider({
    name: personality,
    url: new URL(simulated.url),
    queryUrl: new URL(simulated.url),
    secret: SECRET,
    timeoutMs: 150,
    promises: {
      keyWindowMs: traits.keyWindowMs,
      replayKind: REPLAY[personality],
      spacingMs: traits.spacingMs,
      maxPartialRefunds: traits.partialRefundsMax,
      maxKeyLength: traits.keyLengthMax,
    },
    ...options,
  });
}

describe.each<Personality>([
  'first-body',
  'latest-status',
  'only-success',
  'asynchronous',
  'no-change',
])('refunds by a provider that is %s', (personality) => {
  let world: RemedyWorld;
  let provider: SimulatedProvider;
  let offsetMs = 0;
  afterAll(async () => {
    await world.close();
    await provider.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    provider = await SimulatedProvider.start({
      personality,
      dialect: new WebhookDialect(SECRET, personality),
      now: () => Date.now() + offsetMs,
    });
    world = await RemedyWorld.open({
      url: database().url,
      providers: [providerFor(provider, personality, { paymentUrl: new URL(provider.url) })],
    });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
  });

  /** Lets time go by for everybody: what waits is due, what was sent is so much older. */
  async function pass(ms: number) {
    offsetMs += ms;
    const interval = `interval '${String(ms)} ms'`;
    await world.rows(
      `update payment_attempt set first_sent_at = first_sent_at - ${interval},
         last_sent_at = last_sent_at - ${interval}, not_found_at = not_found_at - ${interval},
         ask_at = ask_at - ${interval}, send_lease_until = send_lease_until - ${interval}`,
    );
    await world.rows(
      `update compensation set next_attempt_at = next_attempt_at - ${interval},
         reserved_at = reserved_at - ${interval}, settled_at = settled_at - ${interval}`,
    );
    provider.settle();
    await world.pay();
  }

  let count = 0;
  async function decided({
    captured = 5000n,
    currency = 'EUR',
    isDisputed = false,
    payment = '',
  } = {}) {
    count += 1;
    const id = payment === '' ? `pay-${String(count)}` : payment;
    if (payment === '') provider.book.capture(id, { minor: captured, currency }, { isDisputed });
    const event = { data: { payment_id: id } };
    const customer = `c-${String(count)}`;
    const incident = await world.incident({ rule: 'refund', customer, event });
    await world.decide();
    const [compensation] = await world.compensations(incident);
    if (!compensation) throw new Error('nothing was decided');
    return { id: compensation.id, payment: id };
  }
  const one = (id: string) =>
    world.row<{ state: string; failure: string | null }>(
      'select state, failure from compensation where id = $1',
      [id],
    );
  const net = (payment: string) =>
    provider.movements
      .filter((movement) => movement.payment === payment)
      .reduce((sum, { kind, money }) => sum + (kind === 'moved' ? money.minor : -money.minor), 0n);

  it.each<Fault>([
    'error-before',
    'error-after',
    'cut-before',
    'cut-after',
    'hang-before',
    'hang-after',
    'late',
    'too-many-requests',
  ])('guarantee 2: %s: what became of it is found out, and it moves once', async (fault) => {
    const { id, payment } = await decided();
    provider.script(fault);
    await world.pay();
    expect((await one(id)).state).toBe('unknown');

    for (let step = 0; step < 12; step += 1) await pass(5 * 60_000);

    expect(await one(id)).toEqual({ state: 'settled', failure: null });
    expect(net(payment)).toBe(700n);
  });

  it('guarantee 2: a lost answer is still found once the key is no longer known', async () => {
    const { id, payment } = await decided();
    provider.script('cut-after');
    await world.pay();
    await pass(TRAITS[personality].keyWindowMs + HOUR_MS);

    expect((await one(id)).state).toBe('settled');
    expect(net(payment)).toBe(700n);
  });

  it('guarantee 2: refunds one payment by no more than was captured, and says how much is left', async () => {
    const first = await decided({ captured: 1000n });
    await pass(TRAITS[personality].spacingMs);
    const second = await decided({ payment: first.payment });
    await pass(TRAITS[personality].spacingMs);

    expect((await one(first.id)).state).toBe('settled');
    expect(await one(second.id)).toEqual({
      state: 'failed',
      failure: 'over_captured: 3.00 EUR are left to refund',
    });
    expect(net(first.payment)).toBe(700n);
  });

  it('guarantee 2: of two refunds at once that together are too much one is sent', async () => {
    const first = await decided({ captured: 1000n });
    const second = await decided({ payment: first.payment });
    const writer = await database().pool.connect();
    await writer.query('begin; lock table payment_attempt in share mode');
    const paying = world.pay();
    try {
      await waitFor(async () => {
        const { rows } = await writer.query(
          `select count(distinct pid) = 2 as "isUp" from pg_locks
           where not granted and database = (select oid from pg_database where datname = current_database())`,
        );
        return rows[0].isUp as boolean;
      });
    } finally {
      await writer.query('commit');
      writer.release();
    }
    await paying;

    const left = 'over_captured: 3.00 EUR are left to refund';
    const failures = [(await one(first.id)).failure, (await one(second.id)).failure];
    expect(failures.sort()).toEqual([null, left]);
    expect(net(first.payment)).toBe(700n);
  });

  it('refunds in the currency that was captured, or not at all', async () => {
    const { id, payment } = await decided({ currency: 'USD' });
    await world.pay();

    expect(await one(id)).toEqual({
      state: 'failed',
      failure: 'currency_mismatch: captured in USD',
    });
    expect(net(payment)).toBe(0n);
  });

  it('does not refund what nobody paid', async () => {
    const { id } = await decided({ payment: `nobody-${String(count)}` });
    await world.pay();

    expect((await one(id)).failure).toMatch(/^payment_not_found/);
  });

  it('does not refund what is disputed: it would be paid twice', async () => {
    const { id, payment } = await decided({ isDisputed: true });
    await world.pay();

    expect((await one(id)).failure).toMatch(/^charge_disputed/);
    expect(net(payment)).toBe(0n);
  });

  it('waits while the provider has no money, and pays under a new number once it has', async () => {
    const { id, payment } = await decided();
    provider.book.balances.set('EUR', 0n);
    await world.pay();
    expect((await one(id)).state).toBe('reserved');
    provider.book.balances.delete('EUR');
    await pass(2 * HOUR_MS);

    expect((await one(id)).state).toBe('settled');
    expect(net(payment)).toBe(700n);
    const attempts = await world.rows(
      `select attempt_no, state, failure_proof from payment_attempt where compensation_id = $1
       order by attempt_no`,
      [id],
    );
    expect(attempts).toEqual([
      { attempt_no: 1, state: 'failed', failure_proof: 'insufficient_balance: HTTP 422' },
      { attempt_no: 2, state: 'succeeded', failure_proof: null },
    ]);
  });

  it('keeps refunds of one payment as far apart as the provider wants', async () => {
    const first = await decided();
    const second = await decided({ payment: first.payment });
    await world.pay();
    await world.pay();
    for (let step = 0; step < 3; step += 1) await pass(TRAITS[personality].spacingMs);

    expect((await one(first.id)).state).toBe('settled');
    expect((await one(second.id)).state).toBe('settled');
    expect(net(first.payment)).toBe(1400n);
    const refused = await world.rows(
      `select 1 from payment_attempt where compensation_id = any($1) and state = 'failed'`,
      [[first.id, second.id]],
    );
    expect(refused).toEqual([]);
  });

  it('guarantee 3: takes a refund that fails after days out of the books again', async () => {
    const { id, payment } = await decided();
    provider.script('fail-later');
    await world.pay();
    expect((await one(id)).state).toBe('settled');
    for (let day = 0; day < 5; day += 1) await pass(24 * HOUR_MS);

    expect((await one(id)).state).toBe('reversed');
    expect(net(payment)).toBe(0n);
  });
});

describe('a provider that knows no key again and cannot be asked', () => {
  let world: RemedyWorld;
  let provider: SimulatedProvider;
  afterAll(async () => {
    await world.close();
    await provider.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    const personality = 'only-success';
    provider = await SimulatedProvider.start({
      personality,
      dialect: new WebhookDialect(SECRET, personality),
    });
    const blind = new WebhookProvider({
      name: 'blind',
      url: new URL(provider.url),
      secret: SECRET,
      timeoutMs: 150,
      promises: { replayKind: 'none', keyWindowMs: 0 },
    });
    world = await RemedyWorld.open({ url: database().url, providers: [blind] });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
  });

  it('is used behind a person, who is asked again when the answer is lost', async () => {
    provider.book.capture('pay', { minor: 700n, currency: 'EUR' });
    const event = { data: { payment_id: 'pay' } };
    const incident = await world.incident({ rule: 'refund', customer: 'c', event });
    await world.decide();
    await world.pay();
    expect(await world.incidentState(incident)).toBe('review');
    expect(provider.requests).toEqual([]);
    const { id, reason } = await world.row<{ id: string; reason: string }>(
      `select id, reason from approval where state = 'open'`,
    );
    expect(reason).toBe('blind cannot be asked what became of a payout');

    provider.script('cut-after');
    await new Approve(world.remedy).execute(person('li.wei'), { id });
    await world.pay();
    await world.hurry();
    await world.pay();
    await world.hurry();
    expect(await world.pay()).toBe(0);

    expect(provider.requests).toHaveLength(1);
    const again = await world.row<{ id: string; reason: string }>(
      `select id, reason from approval where state = 'open'`,
    );
    expect(again.reason).toContain('outcome unknown');
    await new Approve(world.remedy).execute(person('li.wei'), { id: again.id });
    expect(await world.incidentState(incident)).toBe('paid');
    expect(provider.movements).toHaveLength(1);
  });
});

describe('a provider that takes one refund of a payment', () => {
  let world: RemedyWorld;
  let provider: SimulatedProvider;
  afterAll(async () => {
    await world.close();
    await provider.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    const personality = 'first-body';
    const dialect = new WebhookDialect(SECRET, personality);
    provider = await SimulatedProvider.start({ personality, dialect });
    provider.book.capture('pay', { minor: 5000n, currency: 'EUR' });
    const single = providerFor(provider, personality, { promises: { maxPartialRefunds: 1 } });
    world = await RemedyWorld.open({ url: database().url, providers: [single] });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
  });

  it('sends no more refunds of one payment than the provider takes', async () => {
    const event = { data: { payment_id: 'pay' } };
    for (const customer of ['c-1', 'c-2']) {
      await world.incident({ rule: 'refund', customer, event });
      await world.decide();
      await world.pay();
    }

    expect(provider.requests).toHaveLength(1);
    expect(await world.compensations()).toMatchObject([
      { state: 'settled', failure: null },
      { state: 'failed', failure: expect.stringMatching(/^too_many_refunds/) as string },
    ]);
  });
});

describe('accounts of brands', () => {
  let world: RemedyWorld;
  const accounts = new Map<string, SimulatedProvider>();
  afterAll(async () => {
    await world.close();
    for (const account of accounts.values()) await account.close();
  });
  const database = useTestDatabase();

  beforeAll(async () => {
    const personality = 'first-body';
    const dialect = new WebhookDialect(SECRET, personality);
    for (const name of ['all', 'nordwind']) {
      accounts.set(name, await SimulatedProvider.start({ personality, dialect }));
    }
    const providers = [...accounts].map(([name, account]) => {
      account.book.capture('pay', { minor: 100_000n, currency: 'EUR' });
      const brands = name === 'all' ? null : [name];
      return providerFor(account, personality, { name, brands });
    });
    world = await RemedyWorld.open({ url: database().url, providers });
    await world.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.payment_id', amount: { fixed: '7.00 EUR' } },
      }),
    );
  });

  it.each([
    ['nordwind', 'nordwind'],
    ['another', 'all'],
    [undefined, 'all'],
  ])('a refund of the brand %s is paid by the account %s', async (brand, name) => {
    const event = { data: { payment_id: 'pay', ...(brand !== undefined && { brand }) } };
    await world.incident({ rule: 'refund', customer: `of ${String(brand)}`, event });
    await world.decide();
    const before = accounts.get(name)?.movements.length ?? 0;
    await world.pay();

    expect(accounts.get(name)?.movements).toHaveLength(before + 1);
  });
});

describe('a provider that is taken out of the settings', () => {
  const database = useTestDatabase();

  it('leaves what it was never asked for to the one in its place, after a while', async () => {
    const service = await WebhookReceiver.start({ secret: SECRET });
    const named = (name: string) =>
      new WebhookProvider({ name, url: new URL(service.url), secret: SECRET, timeoutMs: 300 });
    const before = await RemedyWorld.open({ url: database().url, providers: [named('before')] });
    const after = await RemedyWorld.open({ url: database().url, providers: [named('after')] });
    await before.rule(
      creditRule({
        id: 'refund',
        pay: { as: 'refund', payment: 'data.p', amount: { fixed: '7.00 EUR' } },
      }),
    );
    const incident = await before.incident({
      rule: 'refund',
      customer: 'left',
      event: { data: { p: 'pay-1' } },
    });
    await before.decide();
    const state = async () => (await after.compensations(incident))[0]?.state;

    await after.pay();
    await after.drainHolds();
    expect(await state()).toBe('reserved');

    await after.database.query(
      `update compensation set reserved_at = now() - interval '6 minutes'`,
    );
    await after.hurry();
    await after.pay();
    expect(await after.compensations(incident)).toMatchObject([
      { state: 'held', held_by: 'no-provider' },
    ]);
    expect(await after.incidentState(incident)).toBe('held');
    await after.drainHolds();
    await after.pay();
    expect(await state()).toBe('settled');
    expect(service.acceptedIds).toHaveLength(1);
    await before.close();
    await after.close();
    await service.close();
  });
});
