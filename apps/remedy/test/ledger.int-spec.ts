import { checkBooks, RemedyObserver } from '@amends/application';
import { migrate } from '@amends/persistence';
import { createTestDatabase, useTestDatabase } from '@amends/testing';
import { Client } from 'pg';
import { creditRule, RemedyWorld } from './remedy-world';

describe('the ledger', () => {
  let world: RemedyWorld;
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { atRest: true } });

  beforeAll(async () => {
    world = await RemedyWorld.open({ url: database().url });
    await world.rule(creditRule());
    await world.incident({ rule: 'late', customer: 'ana' });
    await world.decide();
  });

  it.each([
    'update ledger_entry set amount_minor = 2 * amount_minor',
    'update ledger_tx set posted_at = now()',
    'delete from ledger_entry',
    'delete from ledger_tx',
    'truncate ledger_entry',
    'truncate ledger_tx cascade',
  ])('is append only: %s', async (statement) => {
    await expect(world.database.query(statement)).rejects.toThrow(/append only/);
  });

  const post = (
    ...entries: readonly (readonly [account: string, currency: string, minor: number])[]
  ) =>
    world.database.transaction(async (sql) => {
      await sql.query(
        `insert into ledger_tx (id, compensation_id, kind, round)
         select 'again', id, 'reverse', 1 from compensation`,
      );
      if (entries.length === 0) return;
      const values = entries.map(([account, currency, minor]) => {
        return `('again', '${account}', '${currency}', ${String(minor)})`;
      });
      await sql.query(
        `insert into ledger_entry (tx_id, account, currency, amount_minor) values ${values.join()}`,
      );
    });

  it.each([
    [
      'sums to zero in no currency',
      [
        ['a', 'EUR', 5],
        ['b', 'EUR', -4],
      ],
    ],
    [
      'sums to zero over two currencies',
      [
        ['a', 'EUR', 5],
        ['b', 'USD', -5],
      ],
    ],
    ['has one side', [['a', 'EUR', 5]]],
  ] as const)('takes no posting that %s', async (_what, entries) => {
    await expect(post(...entries)).rejects.toThrow(/does not balance/);
  });

  it('takes no posting without entries', async () => {
    await expect(post()).rejects.toThrow(/has no entries/);
  });

  it('guarantee 2: takes no second posting of a kind for one reservation', async () => {
    const again = world.database.query(
      `with twice as (
         insert into ledger_tx (id, compensation_id, kind, round)
         select 'twice', compensation_id, kind, round from ledger_tx returning id)
       insert into ledger_entry (tx_id, account, currency, amount_minor)
       select id, account, 'EUR', minor from twice,
         (values ('expense:goodwill', -500), ('wallet:ana', 500)) as e (account, minor)`,
    );

    await expect(again).rejects.toThrow(/ledger_tx_compensation_id_round_kind_key/);
  });

  it('takes nothing more into a posting, unless that balances too', async () => {
    await expect(
      world.database.query(
        `insert into ledger_entry (tx_id, account, currency, amount_minor)
         select id, 'wallet:eve', 'EUR', 100 from ledger_tx`,
      ),
    ).rejects.toThrow(/does not balance/);
  });

  it('is held by grants alone where the triggers are off and the service is no superuser', async () => {
    const own = await createTestDatabase({ from: 'empty' });
    const role = `owner_of_${own.name}`;
    await own.pool.query(`create role ${role} login password 'secret'`);
    await own.pool.query(`alter database ${own.name} owner to ${role}`);
    await own.pool.query(`alter schema public owner to ${role}`);
    const url = new URL(own.url);
    url.username = role;
    url.password = 'secret';
    try {
      await migrate(url.href);
      const client = new Client({ connectionString: url.href });
      await client.connect();
      await client.query('alter table ledger_entry disable trigger user');
      await client.query('alter table ledger_tx disable trigger user');
      for (const statement of [
        'update ledger_entry set amount_minor = 1',
        'delete from ledger_entry',
        'delete from ledger_tx',
        `update ledger_tx set kind = 'void'`,
        'truncate ledger_entry',
      ]) {
        await expect(client.query(statement)).rejects.toThrow(/permission denied/);
      }
      // The lock of the foreign key is still allowed.
      await client.query(
        `with t as (insert into ledger_tx (id, kind) values ('l', 'settle') returning id)
         select id from t`,
      );
      await client.query(
        `insert into ledger_entry (tx_id, account, currency, amount_minor)
         values ('l', 'a', 'EUR', 1), ('l', 'b', 'EUR', -1)`,
      );
      await client.end();
    } finally {
      await own.drop();
      await database().pool.query(`drop role ${role}`);
    }
  });
});

describe('the check of the books', () => {
  let world: RemedyWorld;
  const alarms: string[] = [];
  afterAll(() => world.close());
  const database = useTestDatabase({ invariants: { unchecked: 'it breaks the books on purpose' } });

  it('finds nothing in order, and names what somebody changed', async () => {
    const observer = new (class extends RemedyObserver {
      override alarm(what: string, { code }: { code?: string }): void {
        alarms.push(`${what}: ${code ?? ''}`);
      }
    })();
    world = await RemedyWorld.open({ url: database().url, observer });
    await world.budget('EUR', 10_000);
    await world.rule(creditRule());
    await world.incident({ rule: 'late', customer: 'ana' });
    await world.decide();
    expect(await checkBooks(world.database, observer)).toEqual([]);

    await world.database.query('update wallet_balance set balance_minor = balance_minor + 1');
    await world.database.query('update budget set spent_minor = 0');

    expect(await checkBooks(world.database, observer)).toEqual([
      { book: 'budget', about: 'budget-eur', kept: 0n, ledger: 500n },
      { book: 'wallet', about: 'ana EUR', kept: 501n, ledger: 500n },
    ]);
    expect(alarms).toEqual([
      'a total is not what the ledger says: budget budget-eur: 0 kept, 500 in the ledger',
      'a total is not what the ledger says: wallet ana EUR: 501 kept, 500 in the ledger',
    ]);
  });
});
