import { useTestDatabase } from '@amends/testing';
import { inTransaction } from './in-transaction';
import { migrate } from './migrate';
import { epochMs, pgTime } from './pg-time';
import { Pools } from './pools';
import { rowsOf, statement } from './statement';

const database = useTestDatabase({ from: 'empty' });
let pools: Pools;

beforeAll(async () => {
  pools = await Pools.open({ url: database().url, sizes: { spec: 6 } });
});

afterAll(() => pools.close());

const pool = () => pools.get('spec');

describe('migrate', () => {
  it('runs every step once, also when processes start together', async () => {
    const { url } = database();
    const ran = await Promise.all([migrate(url), migrate(url), migrate(url)]);
    expect(ran.filter((steps) => steps.length > 0)).toHaveLength(1);
    expect(await migrate(url)).toEqual([]);
    await pool().query('select generation from rule_set');
  }, 30_000);
});

describe('inTransaction', () => {
  beforeAll(() => pool().query('create table account (id int primary key, n int not null)'));
  beforeEach(() =>
    pool()
      .query('truncate account')
      .then(() => pool().query('insert into account values (1, 0), (2, 0)')),
  );

  const add = 'update account set n = n + 1 where id = $1';
  const total = async () =>
    (await pool().query<{ n: number }>('select sum(n)::int as n from account')).rows[0]?.n;

  it('commits what it did, or nothing', async () => {
    await inTransaction(pool(), (client) => client.query(add, [1]));
    const failing = inTransaction(pool(), async (client) => {
      await client.query(add, [1]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await total()).toBe(1);
  });

  it('does the work again after a deadlock, and counts it', async () => {
    const redos: string[] = [];
    let firsts = 0;
    const crosswise = (first: number, second: number) =>
      inTransaction(
        pool(),
        async (client) => {
          await client.query(add, [first]);
          firsts += 1;
          while (firsts < 2) await new Promise((resolve) => setTimeout(resolve, 5));
          await client.query(add, [second]);
        },
        { onRedo: (reason) => redos.push(reason) },
      );
    await Promise.all([crosswise(1, 2), crosswise(2, 1)]);
    expect(await total()).toBe(4);
    expect(redos).toEqual(['deadlock']);
  }, 20_000);

  it('does the work again after a serialization failure', async () => {
    const redos: string[] = [];
    const increment = () =>
      inTransaction(
        pool(),
        async (client) => {
          const { rows } = await client.query<{ n: number }>('select n from account where id = 1');
          await new Promise((resolve) => setTimeout(resolve, 20));
          await client.query('update account set n = $1 where id = 1', [(rows[0]?.n ?? 0) + 1]);
        },
        { isolation: 'serializable', onRedo: (reason) => redos.push(reason), redosMax: 20 },
      );
    await Promise.all([increment(), increment(), increment()]);
    expect(await total()).toBe(3);
    expect(redos).toContain('serialization');
  });

  it('outlives a connection that breaks in the middle', async () => {
    const broken = inTransaction(pool(), async (client) => {
      await client.query('select pg_terminate_backend(pg_backend_pid())');
    });
    await expect(broken).rejects.toThrow();
    await inTransaction(pool(), (client) => client.query(add, [1]));
    expect(await total()).toBe(1);
  });
});

describe('values', () => {
  it('come back as the program means them', async () => {
    const [row] = await rowsOf(
      pool(),
      statement(
        'spec_values',
        `select 9007199254740993::bigint as big, array[1, null]::bigint[] as bigs,
           '2026-03-01T12:00:00.123+08:00'::timestamptz as at, 1.50::numeric as exact`,
      ),
    );
    expect(row).toEqual({
      big: 9007199254740993n,
      bigs: [1n, null],
      at: new Date('2026-03-01T04:00:00.123Z'),
      exact: '1.50',
    });
  });

  it.each([0, 1_764_000_000_123, -1, 253_402_300_799_999, -62_135_596_800_000])(
    'the instant %i goes to the database and back unchanged',
    async (atMs) => {
      const { rows } = await pool().query<{ at: number }>(
        `select ${epochMs('$1::timestamptz')} as at`,
        [pgTime(atMs)],
      );
      expect(rows[0]?.at).toBe(atMs);
    },
  );

  it('instants beyond what four-digit years can say are moved to the nearest', () => {
    expect(pgTime(Number.POSITIVE_INFINITY)).toBe('9999-12-31T23:59:59.999Z');
    expect(pgTime(-1e15)).toBe('0001-01-01T00:00:00.000Z');
    expect(pgTime(null)).toBeNull();
  });
});
