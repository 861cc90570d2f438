import {
  Budgets,
  DecideShard,
  DECISION_SHARDS,
  ExitCeilings,
  TotalMoved,
} from '@amends/application';
import { useTestDatabase } from '@amends/testing';
import fc from 'fast-check';
import { creditRule, RemedyWorld } from './remedy-world';

const WRITERS = 16;
const NOW_MS = Date.parse('2026-03-01T00:00:00Z');

/** Budgets and ceilings that are looked at without their locks while room is ample (ADR 14). */
describe('totals that everybody counts in', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({
    invariants: { unchecked: 'budgets are counted in here without compensations' },
  });
  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url, poolSize: WRITERS + 4 });
  });

  const cents = (currency: string, minor: bigint) => ({ brand: null, money: { currency, minor } });

  /** As a decision does it: looked at while there is room, else, or when others took it, locked. */
  async function take(currency: string, minor: bigint): Promise<'taken' | 'refused'> {
    const sum = cents(currency, minor);
    const attempt = (mayLook: boolean) =>
      world.database.transaction(async (sql) => {
        const looked = mayLook ? await Budgets.look(sql, [{ ...sum, atMs: NOW_MS }]) : undefined;
        const budgets = looked ?? (await Budgets.lock(sql, [sum]));
        const verdict = budgets.reserve(sum, NOW_MS);
        const isTaken = verdict.kind === 'reserved';
        if (isTaken) budgets.spend(verdict.budgetId, sum.money, NOW_MS);
        await budgets.write(sql);
        return isTaken ? ('taken' as const) : ('refused' as const);
      });
    try {
      return await attempt(true);
    } catch (error) {
      if (!(error instanceof TotalMoved)) throw error;
      return attempt(false);
    }
  }

  const spent = async (currency: string) =>
    (
      await world.row<{ spent: bigint }>(
        'select spent_minor + held_minor as spent from budget where currency = $1',
        [currency],
      )
    ).spent;

  it('guarantee 4: sixteen writers pass no budget by a cent, and refuse nothing that fits', async () => {
    await world.budget('PLN', 0);
    await fc.assert(
      fc.asyncProperty(
        fc.bigInt({ min: 0n, max: 4_000n }),
        fc.array(fc.array(fc.bigInt({ min: 1n, max: 40n }), { maxLength: 8 }), {
          minLength: WRITERS,
          maxLength: WRITERS,
        }),
        async (limit, writers) => {
          await world.rows(
            `update budget set limit_minor = $1, held_minor = 0, spent_minor = 0
             where currency = 'PLN'`,
            [limit],
          );
          const taken: bigint[] = [];
          const refused: bigint[] = [];
          await Promise.all(
            writers.map(async (amounts) => {
              for (const minor of amounts) {
                const done = await take('PLN', minor);
                (done === 'taken' ? taken : refused).push(minor);
              }
            }),
          );
          const sum = taken.reduce((all, minor) => all + minor, 0n);
          expect(await spent('PLN')).toBe(sum);
          expect(sum).toBeLessThanOrEqual(limit);
          // It only ever fills: what no longer fitted then does not fit at the end.
          for (const minor of refused) expect(minor).toBeGreaterThan(limit - sum);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);

  it('guarantee 4: whoever looked before others took the room commits nothing', async () => {
    await world.budget('RON', 1_600);
    await take('RON', 1n);
    await take('RON', 15n);
    const slow = world.database.transaction(async (sql) => {
      const budgets = await Budgets.look(sql, [{ ...cents('RON', 90n), atMs: NOW_MS }]);
      if (budgets === undefined) throw new Error('there is ample room');
      expect(budgets.reserve(cents('RON', 90n), NOW_MS)).toMatchObject({ kind: 'reserved' });
      expect(await take('RON', 1_500n)).toBe('taken');
      await budgets.write(sql);
    });

    await expect(slow).rejects.toThrow(TotalMoved);
    expect(await spent('RON')).toBe(1_516n);
    expect(await take('RON', 84n)).toBe('taken');
  });

  it('a period that began meanwhile is not counted in by who saw the last one', async () => {
    await world.budget('SGD', 10_000, { period: 'day' });
    await take('SGD', 100n);
    const slow = world.database.transaction(async (sql) => {
      const sum = cents('SGD', 10n);
      const budgets = await Budgets.look(sql, [{ ...sum, atMs: NOW_MS }]);
      budgets?.reserve(sum, NOW_MS);
      await world.database.transaction(async (other) => {
        const tomorrow = await Budgets.lock(other, [sum]);
        tomorrow.reserve(sum, NOW_MS + 86_400_000);
        await tomorrow.write(other);
      });
      await budgets?.write(sql);
    });

    await expect(slow).rejects.toThrow(TotalMoved);
    expect(await spent('SGD')).toBe(10n);
  });

  it('levels are told of once each, at the very cent, by whichever writer reaches them', async () => {
    await world.budget('THB', 1_000);
    await Promise.all(
      Array.from({ length: WRITERS }, async () => {
        for (let n = 0; n < 60; n += 1) await take('THB', 1n);
      }),
    );

    const told = await world.rows<{ level: number; used: string }>(
      `select (detail ->> 'level')::float8 as level, detail ->> 'used_minor' as used
       from notice where about = 'budget:budget-thb' order by 1`,
    );
    expect(told).toEqual([
      { level: 0.8, used: '800' },
      { level: 0.95, used: '950' },
    ]);
  }, 60_000);

  it('guarantee 4: whoever looked at a ceiling before others reached it commits nothing', async () => {
    const settings = {
      daily_ceilings: [{ value: '16.00', currency: 'TRY' }],
      brands: {},
      item_caps: [],
    };
    const leave = (minor: bigint) =>
      world.database.transaction(async (sql) => {
        const ceilings = await ExitCeilings.lock(sql, settings, [cents('TRY', minor)]);
        const fits = ceilings.take(cents('TRY', minor)) === undefined;
        await ceilings.write(sql);
        return fits;
      });
    await leave(1n);
    const slow = world.database.transaction(async (sql) => {
      const wanted = [{ ...cents('TRY', 90n), atMs: NOW_MS }];
      const ceilings = await ExitCeilings.look(sql, settings, wanted);
      expect(ceilings).toBeDefined();
      expect(ceilings?.take(cents('TRY', 90n))).toBeUndefined();
      expect(await leave(1_599n)).toBe(true);
      await ceilings?.write(sql);
    });

    await expect(slow).rejects.toThrow(TotalMoved);
    expect(await world.row(`select moved_minor from exit_day where currency = 'TRY'`)).toEqual({
      moved_minor: 1_600n,
    });
  });

  it('many shards at once decide in one budget with room to its last cent', async () => {
    await world.rule(
      creditRule({ id: 'hot', pay: { as: 'credit', amount: { fixed: '0.07 ZAR' } } }),
    );
    await world.budget('ZAR', 5_000, { onExhausted: 'skip' });
    const decideAll = async () => {
      await Promise.all(
        Array.from({ length: WRITERS }, async (_, first) => {
          const decide = new DecideShard(world.remedy);
          for (let n = 0; n < DECISION_SHARDS; n += 1) {
            while ((await decide.execute((first + n) % DECISION_SHARDS)) > 0);
          }
        }),
      );
    };
    // In waves, so that the room shrinks from ample to none.
    for (let wave = 0; wave < 10; wave += 1) {
      for (let n = 0; n < 80; n += 1) {
        await world.incident({ rule: 'hot', customer: `hot-${String(wave)}-${String(n)}` });
      }
      await decideAll();
    }
    await world.decide();

    expect(
      await world.row(
        `select sum(amount_minor)::bigint as sum, count(*)::int as n from compensation
         where rule_id = 'hot' and state = 'settled'`,
      ),
    ).toEqual({ sum: 4_998n, n: 714 });
    expect(await spent('ZAR')).toBe(4_998n);
  }, 120_000);
});
