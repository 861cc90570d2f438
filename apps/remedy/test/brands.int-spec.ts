import { Approve, CreateManualCompensation, Reject } from '@amends/application';
import { WebhookProvider } from '@amends/channels';
import { useTestDatabase, WebhookReceiver } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const ceilings = (acme: string, account?: string) => ({
  daily_ceilings: account === undefined ? [] : [{ value: account, currency: 'NOK' }],
  brands: {
    acme: {
      sender_name: 'Acme',
      sender_address: 'care@acme.example',
      daily_ceilings: [{ value: acme, currency: 'NOK' }],
    },
  },
});

describe('a brand', () => {
  let world: RemedyWorld;
  let acme: WebhookReceiver;
  let others: WebhookReceiver;
  afterAll(async () => {
    await world.close();
    await Promise.all([acme.close(), others.close()]);
  });
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    [acme, others] = await Promise.all([
      WebhookReceiver.start({ secret: SECRET }),
      WebhookReceiver.start({ secret: SECRET }),
    ]);
    const provider = (name: string, service: WebhookReceiver, brands?: string[]) =>
      new WebhookProvider({
        name,
        url: new URL(service.url),
        secret: SECRET,
        timeoutMs: 1_000,
        ...(brands && { brands }),
      });
    world = await RemedyWorld.open({
      url: database().url,
      providers: [provider('acme-refunds', acme, ['acme']), provider('refunds', others)],
    });
  });

  let count = 0;
  /** An incident of a rule that pays 5.00 of a currency. */
  async function owe(
    currency: string,
    { as = 'credit', brand, tags }: { as?: string; brand?: string; tags?: string[] } = {},
  ): Promise<string> {
    count += 1;
    const customer = `customer-${String(count)}`;
    const rule = `${as}-${currency}`.toLowerCase();
    const known = await world.rows('select 1 from rule where id = $1', [rule]);
    if (known.length === 0) {
      const amount = { fixed: `5.00 ${currency}` };
      await world.rule(
        creditRule({
          id: rule,
          pay: as === 'refund' ? { as, payment: 'data.pay', amount } : { as: 'credit', amount },
        }),
      );
    }
    if (tags) await world.customer(customer, { tags });
    const data = { pay: `p-${customer}`, ...(brand !== undefined && { brand }) };
    const id = await world.incident({ rule, customer, event: { data } });
    await world.decide();
    return id;
  }
  const budgets = async (currency: string) =>
    Object.fromEntries(
      (
        await world.rows<{ id: string; held: bigint; spent: bigint }>(
          'select id, held_minor as held, spent_minor as spent from budget where currency = $1',
          [currency],
        )
      ).map(({ id, held, spent }) => [id, [held, spent]]),
    );
  const states = async (currency: string) =>
    (
      await world.rows<{ brand: string; state: string }>(
        `select coalesce(brand, '') as brand, state from compensation where currency = $1
         order by created_at, id`,
        [currency],
      )
    ).map(({ brand, state }) => `${brand} ${state}`);

  it('pays from its own account, be it named by the event or by the customer', async () => {
    await owe('EUR', { as: 'refund', brand: 'acme' });
    await owe('EUR', { as: 'refund', tags: ['vip', 'brand:acme'] });
    await owe('EUR', { as: 'refund', brand: 'nova', tags: ['brand:acme'] });
    await owe('EUR', { as: 'refund' });
    await world.pay();

    expect([acme.acceptedIds.length, others.acceptedIds.length]).toEqual([2, 2]);
  });

  it('spends its own budget, and every other brand that of the account', async () => {
    await world.budget('CHF', 5_000);
    await world.budget('CHF', 1_200, { brand: 'acme', onExhausted: 'skip' });
    await owe('CHF', { brand: 'acme' });
    await owe('CHF', { tags: ['brand:acme'] });
    await owe('CHF', { brand: 'nova' });
    await owe('CHF');
    // It has 2.00 left: that of the account does not stand in for it.
    const skipped = await owe('CHF', { brand: 'acme' });

    expect(await budgets('CHF')).toEqual({
      'budget-chf': [0n, 1_000n],
      'budget-acme-chf': [0n, 1_000n],
    });
    expect(await world.incidentState(skipped)).toBe('skipped');
    expect(await world.why(skipped)).toContainEqual({
      budget: 'budget-acme-chf',
      left: '2.00 CHF',
      ok: false,
    });
  });

  it('spends its own budget also beside another brand, in one transaction', async () => {
    await world.budget('ISK', 5_000);
    await world.budget('ISK', 5_000, { brand: 'acme' });
    await world.rule(
      creditRule({ id: 'side-by-side', pay: { as: 'credit', amount: { fixed: '5 ISK' } } }),
    );
    for (const brand of ['acme', 'nova']) {
      const event = { data: { brand } };
      await world.incident({ rule: 'side-by-side', customer: 'of both', key: brand, event });
    }
    await world.decide();

    expect(await budgets('ISK')).toEqual({
      'budget-isk': [0n, 5n],
      'budget-acme-isk': [0n, 5n],
    });
  });

  it('spends its own budget by hand, too', async () => {
    await world.budget('SEK', 5_000);
    await world.budget('SEK', 5_000, { brand: 'acme' });
    await world.customer('hand', { tags: ['brand:acme'] });
    await new CreateManualCompensation(world.remedy).execute(person('li'), {
      customerId: 'hand',
      as: 'credit',
      money: { minor: 700n, currency: 'SEK' },
      reason: 'sorry',
    });

    expect(await budgets('SEK')).toEqual({
      'budget-sek': [0n, 0n],
      'budget-acme-sek': [0n, 700n],
    });
  });

  it('gives back to the budget that a sum was taken from, though it has its own by now', async () => {
    const approved = {
      approve_over: '1.00 DKK',
      as: 'credit',
      amount: { fixed: '5.00 DKK' },
    } as const;
    await world.rule(creditRule({ id: 'dkk', pay: approved }));
    await world.budget('DKK', 5_000);
    for (const customer of ['dkk-yes', 'dkk-no']) {
      await world.incident({ rule: 'dkk', customer, event: { data: { brand: 'acme' } } });
    }
    await world.decide();
    await world.budget('DKK', 5_000, { brand: 'acme' });
    const waiting = await world.rows<{ id: string }>(
      `select a.id from approval a join compensation c on c.id = a.compensation_id
       where c.rule_id = 'dkk' order by c.customer_id`,
    );
    expect(await budgets('DKK')).toMatchObject({ 'budget-dkk': [1_000n, 0n] });

    const [no, yes] = waiting;
    await new Reject(world.remedy).execute(person('mo'), { id: no?.id ?? '', note: 'no' });
    await new Approve(world.remedy).execute(person('mo'), { id: yes?.id ?? '' });

    expect(await budgets('DKK')).toEqual({
      'budget-dkk': [0n, 500n],
      'budget-acme-dkk': [0n, 0n],
    });
  });

  describe('with a ceiling of its own', () => {
    it('lets no more out in a day, while the others pay on', async () => {
      await world.settings(ceilings('12.34'));
      for (let n = 0; n < 4; n += 1) await owe('NOK', { brand: 'acme' });
      await owe('NOK', { brand: 'nova' });
      await owe('NOK', { tags: ['brand:acme'] });

      expect(await states('NOK')).toEqual([
        'acme settled',
        'acme settled',
        'acme held',
        'acme held',
        'nova settled',
        'acme held',
      ]);
      expect(
        await world.rows(
          `select about, detail ->> 'brand' as brand from notice where kind = 'ceiling.reached'`,
        ),
      ).toEqual([{ about: 'ceiling:acme:NOK', brand: 'acme' }]);
    });

    it('counts in that of the account as well, and what is refused by one counts in neither', async () => {
      const moved = () =>
        world.rows(`select brand, moved_minor from exit_day where currency = 'NOK' order by brand`);
      await world.settings(ceilings('30.00', '6.00'));
      while ((await world.drainHolds()) > 0);
      expect(await moved()).toEqual([
        { brand: '', moved_minor: 500n },
        { brand: 'acme', moved_minor: 1_500n },
      ]);

      await world.settings(ceilings('16.00', '100.00'));
      while ((await world.drainHolds()) > 0);
      expect(await moved()).toEqual([
        { brand: '', moved_minor: 500n },
        { brand: 'acme', moved_minor: 1_500n },
      ]);
      await world.settings({});
      while ((await world.drainHolds()) > 0);
      expect((await states('NOK')).every((state) => state.endsWith('settled'))).toBe(true);
    });

    it('holds back a provider, too', async () => {
      await world.settings({
        ...ceilings('0.01'),
        brands: {
          acme: {
            ...ceilings('0.01').brands.acme,
            daily_ceilings: [{ value: '7.00', currency: 'PLN' }],
          },
        },
      });
      const before = acme.acceptedIds.length;
      for (let n = 0; n < 3; n += 1) await owe('PLN', { as: 'refund', brand: 'acme' });
      await world.pay();

      expect(acme.acceptedIds.length - before).toBe(1);
      await world.settings({});
      while ((await world.drainHolds()) > 0);
      await world.pay();
      expect(acme.acceptedIds.length - before).toBe(3);
    });
  });
});
