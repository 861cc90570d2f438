import {
  Approve,
  CreateManualCompensation,
  DecideShard,
  DECISION_SHARDS,
  Refusal,
} from '@amends/application';
import { WebhookProvider } from '@amends/channels';
import type { RuleDocument } from '@amends/domain';
import { useTestDatabase, WebhookReceiver } from '@amends/testing';
import fc from 'fast-check';
import { creditRule, person, RemedyWorld } from './remedy-world';

const SECRET = `whsec_${Buffer.from('a secret of at least 24 bytes').toString('base64')}`;
const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-03-01T00:00:00Z');

/**
 * A rule that went wrong: 120 incidents in an hour, each asking for a hundred times what was meant.
 * Every layer is tried with all the others switched off: what it lets out is its cap, and no more.
 */
describe('each layer alone bounds what a rule gone wrong can pay', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url, poolSize: 24 });
  });

  const INCIDENTS = 120;
  const asked = { value: '500.00' };

  async function runaway(
    currency: string,
    rule: Partial<RuleDocument>,
    spread: { customers?: number; perDay?: number; ids?: readonly string[] } = {},
  ): Promise<{ sum: bigint; most: bigint; n: number }> {
    const { customers = INCIDENTS, perDay = INCIDENTS, ids = [`bad-${currency}`] } = spread;
    for (const id of ids) {
      await world.rule(
        creditRule({
          id,
          ...rule,
          pay: { as: 'credit', amount: { percent: 100, of: 'data.price' }, ...rule.pay },
        }),
      );
    }
    for (let n = 0; n < INCIDENTS; n += 1) {
      const at = new Date(START_MS + Math.floor(n / perDay) * DAY_MS + n * 1000).toISOString();
      await world.incident({
        rule: ids[n % ids.length] ?? '',
        customer: `${currency}-${String(n % customers)}`,
        key: `${currency}-${String(n)}`,
        at,
        event: { type: 'delivery.late', time: at, data: { price: { ...asked, currency } } },
      });
    }
    const worker = async (first: number): Promise<void> => {
      const decide = new DecideShard(world.remedy);
      for (let idle = 0; idle < 3;) {
        let taken = 0;
        for (let n = 0; n < DECISION_SHARDS; n += 1) {
          taken += await decide.execute((first + n) % DECISION_SHARDS);
        }
        idle = taken === 0 ? idle + 1 : 0;
      }
    };
    await Promise.all(Array.from({ length: 16 }, (_, n) => worker(n)));
    return paid(currency);
  }

  const paid = (currency: string) =>
    world.row<{ sum: bigint; most: bigint; n: number }>(
      `select coalesce(sum(amount_minor), 0)::bigint as sum, coalesce(max(amount_minor), 0) as most,
         count(*)::int as n from compensation where currency = $1 and state = 'settled'`,
      [currency],
    );

  it('none: it pays everything, so the layers below are what stops it', async () => {
    expect(await runaway('AUD', {})).toEqual({ sum: 6_000_000n, most: 50_000n, n: 120 });
  });

  it('item: no payout is above the most that one may be', async () => {
    const pay = {
      as: 'credit',
      amount: { percent: 100, of: 'data.price' },
      max: '5.00 BRL',
    } as const;

    expect(await runaway('BRL', { pay })).toEqual({ sum: 60_000n, most: 500n, n: 120 });
  });

  it('item, of the account: nothing above it moves, whoever says so, but less of it', async () => {
    const cap = { value: '400.00', currency: 'TWD' };
    await world.settings({ item_caps: [cap] });

    expect((await runaway('TWD', {})).sum).toBe(0n);

    const { id, why } = await world.row<{ id: string; why: object[] }>(
      `select a.id, i.why from approval a join incident i on i.id = a.incident_id
       where i.rule_id = 'bad-TWD' and a.state = 'open' order by a.id limit 1`,
    );
    expect(why).toContainEqual({ review: 'over 400.00 TWD, the most that one payout may be' });
    const approve = new Approve(world.remedy);
    const money = (minor: bigint) => ({ minor, currency: 'TWD' });
    const refused = { code: 'invalid_body', details: { errors: [{ code: 'over_item_cap' }] } };
    for (const sum of [undefined, money(400_01n)]) {
      await expect(approve.execute(person('boss'), { id, money: sum })).rejects.toMatchObject(
        refused,
      );
    }
    await approve.execute(person('boss'), { id, money: money(400_00n) });
    const give = (minor: bigint) =>
      new CreateManualCompensation(world.remedy).execute(person('boss'), {
        customerId: 'item',
        as: 'credit',
        money: money(minor),
        reason: 'sorry',
      });
    await expect(give(40_000_00n)).rejects.toMatchObject(refused);
    expect((await give(400_00n)).state).toBe('settled');
    expect(await paid('TWD')).toEqual({ sum: 800_00n, most: 400_00n, n: 2 });
    await world.settings({});
  });

  it('approve_over: nothing above it moves without a person', async () => {
    const pay = {
      as: 'credit',
      amount: { percent: 100, of: 'data.price' },
      approve_over: '20.00 CAD',
    } as const;

    expect((await runaway('CAD', { pay })).sum).toBe(0n);
  });

  it.each([
    ['skip', 'CHF', 0n],
    ['trim', 'CZK', 4_000n],
    ['review', 'DKK', 0n],
  ] as const)('customer, %s: nobody is paid more than their cap', async (then, currency, each) => {
    const limits = [{ total: `40.00 ${currency}`, per: 'customer', over: '30d', then }];

    const { sum } = await runaway(currency, { limits }, { customers: 12 });

    expect(sum).toBe(12n * each);
  });

  it.each([
    ['a day', 'GBP', '1d', 40, 3n * 100_00n],
    ['a month', 'HKD', '30d', 40, 100_00n],
    ['ever', 'HUF', undefined, 40, 100_00n],
  ] as const)(
    'rule, per %s: all of it together stays in its cap',
    async (_span, currency, over, perDay, cap) => {
      const limits = [
        { total: `100.00 ${currency}`, per: 'rule', then: 'trim' as const, ...(over && { over }) },
      ];

      expect((await runaway(currency, { limits }, { perDay })).sum).toBe(cap);
    },
  );

  it('label: three rules that share it stay in one cap together', async () => {
    const labels = { team: 'shared-cap' };
    const limits = [
      {
        total: '75.00 ILS',
        per: 'rule',
        across: 'team=shared-cap',
        over: '30d',
        then: 'trim' as const,
      },
    ];

    const { sum } = await runaway('ILS', { labels, limits }, { ids: ['one', 'two', 'three'] });

    expect(sum).toBe(7_500n);
  });

  it.each([
    ['ever', 'INR', 1_200_00n],
    ['month', 'MYR', 1_200_00n],
    ['day', 'MXN', 1_200_00n],
  ] as const)(
    'account budget, per %s: no currency is spent past it',
    async (period, currency, limit) => {
      await world.budget(currency, Number(limit), { period, onExhausted: 'skip' });

      const { sum } = await runaway(currency, {}, { perDay: period === 'day' ? 1_000 : INCIDENTS });

      expect(sum).toBeGreaterThan(0n);
      expect(sum).toBeLessThanOrEqual(limit);
      expect(limit - sum).toBeLessThan(500_00n);
    },
  );

  describe('the daily ceiling at the exit', () => {
    it('lets out what fits and holds the rest, whatever was decided', async () => {
      await world.settings({ daily_ceilings: [{ value: '1234.56', currency: 'NOK' }] });

      const { sum } = await runaway('NOK', {});

      expect(sum).toBe(1_000_00n);
      expect(
        await world.row(
          `select count(*)::int as n from compensation
           where currency = 'NOK' and state = 'held' and held_by = 'daily-ceiling'`,
        ),
      ).toEqual({ n: 118 });
    });

    it('tells people once', async () => {
      expect(
        await world.rows(`select kind, about from notice where about = 'ceiling:NOK'`),
      ).toEqual([{ kind: 'ceiling.reached', about: 'ceiling:NOK' }]);
      expect(await world.rows(`select 1 from audit where action = 'ceiling.reached'`)).toHaveLength(
        1,
      );
    });

    it('holds what is paid by hand, too, and lets nothing go while there is no room', async () => {
      const give = (value: bigint, customerId: string) =>
        new CreateManualCompensation(world.remedy).execute(person('li'), {
          customerId,
          as: 'credit',
          money: { minor: value, currency: 'NOK' },
          reason: 'sorry',
        });

      expect((await give(234_57n, 'hand-1')).state).toBe('held');
      expect((await give(234_56n, 'hand-2')).state).toBe('settled');
      expect(await world.drainHolds()).toBe(0);
      expect((await paid('NOK')).sum).toBe(1_234_56n);
    });

    it('lets go what it held once there is room, as far as there is', async () => {
      await world.settings({ daily_ceilings: [{ value: '2300.00', currency: 'NOK' }] });

      while ((await world.drainHolds()) > 0);
      expect((await paid('NOK')).sum).toBe(1_234_56n + 2n * 500_00n);

      await world.settings({});
      while ((await world.drainHolds()) > 0);
      expect(
        await world.rows(`select 1 from compensation where held_by = 'daily-ceiling'`),
      ).toEqual([]);
    });

    it('bounds a provider as well: what does not fit is not sent', async () => {
      const service = await WebhookReceiver.start({ secret: SECRET });
      const url = new URL(service.url);
      const provider = new WebhookProvider({ url, secret: SECRET, timeoutMs: 1_000 });
      const other = await RemedyWorld.open({ url: database().url, providers: [provider] });
      await other.settings({ daily_ceilings: [{ value: '1250.00', currency: 'NZD' }] });
      await other.rule(
        creditRule({
          id: 'refund-nzd',
          pay: { as: 'refund', payment: 'data.p', amount: { fixed: '500.00 NZD' } },
        }),
      );
      for (const n of [1, 2, 3, 4]) {
        await other.incident({
          rule: 'refund-nzd',
          customer: `nzd-${String(n)}`,
          event: { data: { p: `pay-${String(n)}` } },
        });
      }
      await other.decide();
      await Promise.all(Array.from({ length: 8 }, () => other.pay()));
      await other.hurry();
      await other.pay();

      expect(service.acceptedIds).toHaveLength(2);
      await other.settings({});
      while ((await other.drainHolds()) > 0);
      await other.pay();
      expect(service.acceptedIds).toHaveLength(4);
      await other.close();
      await service.close();
    });
  });

  it('item, of the account: what is too large by the time it leaves is held there', async () => {
    const service = await WebhookReceiver.start({ secret: SECRET });
    const url = new URL(service.url);
    const provider = new WebhookProvider({ url, secret: SECRET, timeoutMs: 1_000 });
    const other = await RemedyWorld.open({ url: database().url, providers: [provider] });
    const rule = { payment: 'data.p', amount: { fixed: '500.00 UAH' } } as const;
    await other.rule(creditRule({ id: 'refund-uah', pay: { as: 'refund', ...rule } }));
    const event = { data: { p: 'pay-uah' } };
    const incident = await other.incident({ rule: 'refund-uah', customer: 'uah', event });
    await other.decide();
    await other.settings({ item_caps: [{ value: '499.99', currency: 'UAH' }] });
    await other.pay();

    const held = [{ state: 'held', held_by: 'item-cap' }];
    expect(await other.compensations(incident)).toMatchObject(held);
    expect(await other.drainHolds()).toBe(0);
    await other.settings({ item_caps: [{ value: '500.00', currency: 'UAH' }] });
    expect(await other.drainHolds()).toBe(1);
    await other.pay();
    expect(await other.compensations(incident)).toMatchObject([{ state: 'settled' }]);
    expect(service.acceptedIds).toHaveLength(1);
    await other.settings({});
    await other.close();
    await service.close();
  });

  it('the daily ceiling counts once what is refused and sent again on the same day', async () => {
    const service = await WebhookReceiver.start({ secret: SECRET });
    const url = new URL(service.url);
    const provider = new WebhookProvider({ url, secret: SECRET, timeoutMs: 1_000 });
    const other = await RemedyWorld.open({ url: database().url, providers: [provider] });
    await other.settings({ daily_ceilings: [{ value: '600.00', currency: 'RON' }] });
    await other.rule(
      creditRule({
        id: 'refund-ron',
        pay: { as: 'refund', payment: 'data.p', amount: { fixed: '500.00 RON' } },
      }),
    );
    const poor = { status: 422, accept: false, body: { code: 'insufficient_balance' } };
    service.script(poor, poor);
    const event = { data: { p: 'pay-ron' } };
    const incident = await other.incident({ rule: 'refund-ron', customer: 'ron', event });
    await other.decide();
    for (let tries = 0; tries < 3; tries += 1) {
      await other.pay();
      await other.hurry();
    }

    expect(await other.compensations(incident)).toMatchObject([{ state: 'settled' }]);
    expect(
      await other.row(`select moved_minor from exit_day where currency = 'RON' and brand = ''`),
    ).toEqual({ moved_minor: 500_00n });
    await other.settings({});
    await other.close();
    await service.close();
  });

  it('the agent’s own limit: any split of a sum is judged like the sum', async () => {
    await world.settings({ manual_limit: [{ value: '30.00', currency: 'SEK' }] });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3_500 }), { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (parts, sameOrder) => {
          run += 1;
          const create = new CreateManualCompensation(world.remedy);
          await Promise.all(
            parts.map((minor, n) =>
              create.execute(person(sameOrder ? `agent-${String(n)}` : 'agent', 'editor'), {
                customerId: sameOrder
                  ? `split-${String(run)}-${String(n)}`
                  : `split-${String(run)}`,
                as: 'credit',
                money: { minor: BigInt(minor), currency: 'SEK' },
                reason: 'sorry',
                ...(sameOrder && { orderId: `order-${String(run)}` }),
              }),
            ),
          );
          const { sum } = await world.row<{ sum: bigint }>(
            `select coalesce(sum(amount_minor), 0)::bigint as sum from compensation
             where state = 'settled' and currency = 'SEK'
               and (customer_id = $1 or order_id = $2)`,
            [`split-${String(run)}`, `order-${String(run)}`],
          );
          expect(sum).toBeLessThanOrEqual(3_000n);
        },
      ),
      { numRuns: 15 },
    );
  });

  it('the agent’s own limit: nor is it passed by a sum in each of several currencies', async () => {
    await world.settings({});
    const give = (currency: string, role: 'editor' | 'manager' = 'editor') =>
      new CreateManualCompensation(world.remedy).execute(person(`many-${role}`, role), {
        customerId: `polyglot-${role}`,
        as: 'credit',
        money: { minor: 19_00n, currency },
        reason: 'sorry',
      });

    expect((await give('SGD')).state).toBe('settled');
    expect((await give('ZAR')).state).toBe('awaiting_approval');
    expect((await give('THB')).state).toBe('awaiting_approval');
    expect(
      await world.rows(`select distinct reason from approval where currency in ('ZAR', 'THB')`),
    ).toEqual([{ reason: 'in another currency than was given before' }]);
    expect((await give('SGD', 'manager')).state).toBe('settled');
    expect((await give('ZAR', 'manager')).state).toBe('settled');
  });

  it('tells once for each level of a budget that is reached, and again in its next period', async () => {
    await world.settings({});
    await world.budget('PLN', 10_000, { period: 'day', onExhausted: 'review' });
    await world.rule(
      creditRule({ id: 'warns', pay: { as: 'credit', amount: { fixed: '20.00 PLN' } } }),
    );
    const notices = async () =>
      (
        await world.rows<{ occasion: string }>(
          `select occasion from notice where about = 'budget:budget-pln' order by occasion`,
        )
      ).map(({ occasion }) => occasion);
    for (const [day, count] of [
      ['2026-03-01', 5],
      ['2026-03-02', 4],
    ] as const) {
      for (let n = 0; n < count; n += 1) {
        const at = `${day}T12:00:0${String(n)}Z`;
        const customer = `warn-${day}-${String(n)}`;
        await world.incident({ rule: 'warns', customer, at, clock: at });
        await world.decide();
      }
    }

    expect(await notices()).toEqual([
      'budget:budget-pln:2026-03-01:0.8',
      'budget:budget-pln:2026-03-01:0.95',
      'budget:budget-pln:2026-03-02:0.8',
    ]);
  });

  it('takes money only as typed: five yen with decimals are five yen, and no bare number is a sum', async () => {
    await world.rule(
      creditRule({ id: 'yen', pay: { as: 'credit', amount: { percent: 100, of: 'data.price' } } }),
    );
    const prices = [
      { value: '5.00', currency: 'JPY' },
      { value: '500', currency: 'YEN' },
      { value: 500, currency: 'JPY' },
      500,
      '500 JPY',
      { value: '1e3', currency: 'JPY' },
    ];
    for (const [n, price] of prices.entries()) {
      const customer = `yen-${String(n)}`;
      await world.incident({ rule: 'yen', customer, event: { data: { price } } });
    }
    await world.decide();

    expect(
      await world.rows(`select customer_id, amount_minor from compensation where rule_id = 'yen'`),
    ).toEqual([{ customer_id: 'yen-0', amount_minor: 5n }]);
    const refused = new CreateManualCompensation(world.remedy).execute(person('li'), {
      customerId: 'yen',
      as: 'credit',
      money: { minor: -5n, currency: 'JPY' },
      reason: 'x',
    });
    await expect(refused).rejects.toThrow(Refusal);
  });
});
