import { DecideShard, DECISION_SHARDS } from '@amends/application';
import { findViolations, useTestDatabase } from '@amends/testing';
import fc from 'fast-check';
import { creditRule, RemedyWorld } from './remedy-world';

const DAY_MS = 86_400_000;
const START_MS = Date.parse('2026-03-01T00:00:00Z');
const at = (days: number) => new Date(START_MS + days * DAY_MS).toISOString();

describe('limits and budgets', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url, poolSize: 24 });
  });

  /** Sixteen workers, all over all shards, as sixteen processes would. */
  async function decideWithSixteen(): Promise<void> {
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
  }

  const paid = async (rule: string) =>
    await world.row<{ sum: bigint; n: number }>(
      `select coalesce(sum(amount_minor), 0)::bigint as sum, count(*)::int as n
         from compensation where rule_id = $1 and state = 'settled'`,
      [rule],
    );

  it('guarantee 4: sixteen writers spend a budget to the last cent that fits, and not beyond', async () => {
    await world.rule(
      creditRule({ id: 'budgeted', pay: { as: 'credit', amount: { fixed: '0.07 GBP' } } }),
    );
    await world.budget('GBP', 1_000, { onExhausted: 'skip' });
    for (let n = 0; n < 200; n += 1) {
      await world.incident({ rule: 'budgeted', customer: `b-${String(n)}` });
    }

    await decideWithSixteen();

    // 142 times 7 is 994; the next would be 1001.
    expect(await paid('budgeted')).toEqual({ sum: 994n, n: 142 });
    expect(
      await world.row(`select held_minor, spent_minor from budget where currency = 'GBP'`),
    ).toEqual({
      held_minor: 0n,
      spent_minor: 994n,
    });
  });

  it('guarantee 4: sixteen writers never pass a limit that all customers share', async () => {
    await world.rule(
      creditRule({
        id: 'shared',
        pay: { as: 'credit', amount: { fixed: '0.90 USD' } },
        limits: [{ total: '50.00 USD', per: 'rule', over: '30d', then: 'trim' }],
      }),
    );
    for (let n = 0; n < 120; n += 1) {
      await world.incident({ rule: 'shared', customer: `s-${String(n)}`, at: at(n % 20) });
    }

    await decideWithSixteen();

    expect(await paid('shared')).toEqual({ sum: 5_000n, n: 56 });
    expect(await findViolations(database().url)).toEqual([]);
  });

  it('guarantee 4: whatever comes in whatever order, no span of any limit holds more than it may', async () => {
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            customer: fc.constantFrom('x', 'y', 'z'),
            day: fc.integer({ min: 0, max: 12 }),
            minor: fc.integer({ min: 1, max: 900 }),
          }),
          { minLength: 8, maxLength: 40 },
        ),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 300, max: 2_000 }),
        async (incidents, times, total) => {
          run += 1;
          const id = `prop-${String(run)}`;
          await world.rule(
            creditRule({
              id,
              labels: { group: id },
              pay: { as: 'credit', amount: { percent: 100, of: 'data.price' } },
              limits: [
                { times, per: 'customer', over: '3d', then: 'skip' },
                {
                  total: `${(total / 100).toFixed(2)} EUR`,
                  per: 'rule',
                  across: `group=${id}`,
                  over: '5d',
                  then: 'trim',
                },
              ],
            }),
          );
          for (const [n, { customer, day, minor }] of incidents.entries()) {
            await world.incident({
              rule: id,
              customer: `${id}-${customer}`,
              key: String(n),
              at: at(day),
              event: { data: { price: { value: (minor / 100).toFixed(2), currency: 'EUR' } } },
            });
          }
          await decideWithSixteen();
          const payouts = await world.rows<{
            customer_id: string;
            incident_at: Date;
            minor: bigint;
          }>(
            `select customer_id, incident_at, amount_minor as minor from compensation
             where rule_id = $1 and state = 'settled'`,
            [id],
          );
          expect(payouts.length).toBeGreaterThan(0);
          for (const { incident_at: end } of payouts) {
            const within = (days: number) =>
              payouts.filter(
                ({ incident_at: other }) =>
                  other > new Date(end.getTime() - days * DAY_MS) && other <= end,
              );
            const sum = within(5).reduce((all, { minor }) => all + minor, 0n);
            expect(sum).toBeLessThanOrEqual(BigInt(total));
            for (const customer of ['x', 'y', 'z']) {
              const count = within(3).filter((p) => p.customer_id === `${id}-${customer}`).length;
              expect(count).toBeLessThanOrEqual(times);
            }
          }
        },
      ),
      { numRuns: 12 },
    );
  }, 120_000);

  it('counts across a label what rules without limits of their own have paid', async () => {
    await world.rule(creditRule({ id: 'plain', labels: { team: 'video' } }));
    await world.rule(
      creditRule({
        id: 'careful',
        labels: { team: 'video' },
        limits: [{ times: 1, per: 'customer', across: 'team=video', then: 'skip' }],
      }),
    );
    const first = await world.incident({ rule: 'plain', customer: 'viewer' });
    const second = await world.incident({ rule: 'careful', customer: 'viewer' });

    await world.decide();

    expect(await world.incidentState(first)).toBe('paid');
    expect(await world.incidentState(second)).toBe('skipped');
  });

  it('finds what was paid before anybody counted it', async () => {
    await world.rule(creditRule({ id: 'grows' }));
    await world.incident({
      rule: 'grows',
      customer: 'early',
      key: '1',
      event: { data: { order_id: 'g1' } },
    });
    await world.decide();

    await world.rule(
      creditRule({
        id: 'grows',
        limits: [
          { times: 1, per: 'customer', over: '30d', then: 'skip' },
          { times: 1, per: 'data.order_id', then: 'skip' },
        ],
      }),
      { version: 2 },
    );
    const next = { rule: 'grows', version: 2 };
    const again = await world.incident({ ...next, customer: 'early', key: '2' });
    const sameOrder = await world.incident({
      ...next,
      customer: 'other',
      event: { data: { order_id: 'g1' } },
    });
    await world.decide();

    expect(await world.incidentState(again)).toBe('skipped');
    expect(await world.incidentState(sameOrder)).toBe('skipped');
  });

  it('counts by the time of the incident and not by that of the decision', async () => {
    await world.rule(
      creditRule({
        id: 'timed',
        limits: [{ times: 1, per: 'customer', over: '7d', then: 'skip' }],
      }),
    );
    const spec = { rule: 'timed', customer: 'tess' };
    const ids = [];
    for (const [n, day] of [20, 12, 19, 27].entries()) {
      ids.push(await world.incident({ ...spec, key: String(n), at: at(day) }));
    }

    await world.decide();

    expect(await Promise.all(ids.map((id) => world.incidentState(id)))).toEqual([
      'paid',
      'paid',
      'skipped',
      'paid',
    ]);
  });

  it('sends what a budget does not have to a person, or skips it, as the budget says', async () => {
    await world.rule(
      creditRule({ id: 'poor', pay: { as: 'credit', amount: { fixed: '5.00 CHF' } } }),
    );
    await world.budget('CHF', 700);
    const first = await world.incident({ rule: 'poor', customer: 'p1' });
    await world.decide();
    const second = await world.incident({ rule: 'poor', customer: 'p2' });
    await world.decide();

    expect(await world.incidentState(first)).toBe('paid');
    expect(await world.incidentState(second)).toBe('review');
    expect(await world.why(second)).toContainEqual({
      budget: 'budget-chf',
      left: '2.00 CHF',
      ok: false,
    });
    expect(await world.rows(`select reason from approval where state = 'open'`)).toContainEqual({
      reason: 'budget exhausted',
    });
  });

  it('begins a budget anew with its period', async () => {
    await world.rule(
      creditRule({ id: 'daily', pay: { as: 'credit', amount: { fixed: '5.00 SEK' } } }),
    );
    await world.budget('SEK', 700, { period: 'day', onExhausted: 'skip' });
    const spec = { rule: 'daily', customer: 'd' };
    const ids = [];
    for (const [n, day] of [0, 0, 1].entries()) {
      const time = at(day);
      ids.push(await world.incident({ ...spec, key: String(n), at: time, clock: time }));
      await world.decide();
    }

    expect(await Promise.all(ids.map((id) => world.incidentState(id)))).toEqual([
      'paid',
      'skipped',
      'paid',
    ]);
    expect(
      await world.row(`select period_key, spent_minor from budget where currency = 'SEK'`),
    ).toEqual({ period_key: '2026-03-02', spent_minor: 500n });
  });
});
