import { ChangeBudget, checkBooks, type Refusal } from '@amends/application';
import { findViolations, useTestDatabase } from '@amends/testing';
import { creditRule, person, RemedyWorld } from './remedy-world';

describe('a budget that is given another period', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase();

  const set = async (period: 'day' | 'month' | 'ever', minor: bigint): Promise<unknown> => {
    const input = { brand: null, limit: { minor, currency: 'EUR' }, warnAt: [] };
    return new ChangeBudget(world.database).execute(
      'eur',
      { ...input, period, onExhausted: 'review' },
      { kind: 'match', tags: ['*'] },
      person('ana'),
    );
  };
  /** What it has spent, when nothing is wrong with it. */
  const spent = async (): Promise<bigint> => {
    expect(await checkBooks(world.database, world.remedy.observer)).toEqual([]);
    expect(await findViolations(database().url)).toEqual([]);
    return (await world.row<{ spent_minor: bigint }>('select spent_minor from budget')).spent_minor;
  };
  async function pay(times: number): Promise<void> {
    const now = new Date().toISOString();
    for (let n = 0; n < times; n += 1) {
      await world.incident({
        rule: 'late',
        key: `${now}-${String(n)}`,
        customer: 'c',
        at: now,
        clock: now,
      });
    }
    await world.decide();
  }

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    await world.rule(creditRule());
    await world.database.query(
      `insert into budget (id, currency, period, limit_minor) values ('eur', 'EUR', 'ever', 10000)`,
    );
    await pay(3);
    // One of them in another month.
    await world.database.query(
      `update compensation set settled_at = settled_at - interval '40 days',
         reserved_at = reserved_at - interval '40 days', created_at = created_at - interval '40 days'
       where id = (select min(id) from compensation)`,
    );
  });

  it('has spent what was settled in that, back and forth', async () => {
    expect(await spent()).toBe(1_500n);
    await set('day', 1_200n);
    expect(await spent()).toBe(1_000n);
    await set('month', 5_000n);
    expect(await spent()).toBe(1_000n);
    await set('ever', 5_000n);
    expect(await spent()).toBe(1_500n);
    await set('day', 1_500n);
    expect(await spent()).toBe(1_000n);
  });

  it('guarantee 4: goes on with what is left of it, to the cent', async () => {
    await pay(2);

    expect(await spent()).toBe(1_500n);
    expect(
      await world.rows(`select 1 from compensation where state = 'awaiting_approval'`),
    ).toHaveLength(1);
  });

  it('is refused where the limit lies below what that has seen', async () => {
    const refused: unknown = await set('ever', 1_999n).catch((error: unknown) => error);

    expect((refused as Refusal).code).toBe('limit_below_spent');
    expect(await spent()).toBe(1_500n);
    await set('ever', 2_000n);
    expect(await spent()).toBe(2_000n);
  });
});
