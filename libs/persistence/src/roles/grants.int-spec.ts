import { useTestDatabase } from '@amends/testing';
import type { Pool } from 'pg';
import { Pools } from '../database/pools';
import { DATABASE_ROLES, roleName, type DatabaseRole } from './database-role';
import { FUNCTION_GRANTS, SEQUENCE_GRANTS, TABLE_GRANTS } from './grants';
import { declaredGrants } from './one-grant';

const database = useTestDatabase();
let pools: Pools;

beforeAll(async () => {
  const sizes = { api: 1, desk: 1, detector: 1, remedy: 1 };
  const as = { api: 'api', desk: 'desk', detector: 'detector', remedy: 'remedy' } as const;
  pools = await Pools.open({ url: database().url, sizes, as });
});

afterAll(() => pools.close());

const rows = async <R extends object>(sql: string, values: unknown[] = []): Promise<R[]> =>
  (await database().pool.query<R>(sql, values)).rows;

/** What the server says that each role, and everybody, may do: with all it inherits. */
const EFFECTIVE = `
  with role (name) as (values ('public') union all select unnest($1::text[])),
  thing as (
    select oid, relname::text as name from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')
  ),
  by_table as (
    select r.name as role, t.oid, t.name, p.privilege,
      has_table_privilege(r.name, t.oid, p.privilege) as yes
    from role r, thing t, unnest(array['SELECT','INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER','MAINTAIN']) as p (privilege)
  )
  select role || ' ' || privilege || ' ' || name as may from by_table where yes
  union all
  select b.role || ' ' || b.privilege || ' ' || b.name || '.' || a.attname
  from by_table b join pg_attribute a on a.attrelid = b.oid and a.attnum > 0 and not a.attisdropped
  where not b.yes and b.privilege in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES')
    and has_column_privilege(b.role, b.oid, a.attnum, b.privilege)
  union all
  select r.name || ' ' || p.privilege || ' ' || c.relname
  from role r, pg_class c, unnest(array['SELECT','USAGE','UPDATE']) as p (privilege)
  where c.relnamespace = 'public'::regnamespace and c.relkind = 'S' and has_sequence_privilege(r.name, c.oid, p.privilege)
  union all
  select r.name || ' EXECUTE ' || f.proname from role r, pg_proc f
  where f.pronamespace = 'public'::regnamespace and f.prosecdef and has_function_privilege(r.name, f.oid, 'execute')`;

async function effective(): Promise<string[]> {
  const found = await rows<{ may: string }>(EFFECTIVE, [DATABASE_ROLES.map(roleName)]);
  return found.map(({ may }) => may).sort();
}

/** What the test databases add to ours. */
const isOurs = (may: string) => !may.includes('pg_stat_statements');

describe('role × table × privilege', () => {
  it('is what is declared, and nothing else', async () => {
    const declared = declaredGrants().map(
      ({ role, privilege, name, column }) =>
        `${role} ${privilege} ${name}${column === null ? '' : `.${column}`}`,
    );
    expect((await effective()).filter(isOurs)).toEqual([...declared].sort());
    expect(declared.length).toBeGreaterThan(300);
  });

  it('names every table, sequence and function of the owner, and none that is not there', async () => {
    const tables = await rows<{ name: string }>(
      `select relname::text as name from pg_class where relnamespace = 'public'::regnamespace
         and relkind in ('r', 'p', 'v', 'm') and relname not like 'pg_stat%'
         and (not relispartition or relname = 'history_segment_default') order by 1`,
    );
    expect(tables.map(({ name }) => name)).toEqual(Object.keys(TABLE_GRANTS).sort());
    const functions = await rows<{ name: string }>(
      `select proname::text as name from pg_proc where pronamespace = 'public'::regnamespace and prosecdef order by 1`,
    );
    expect(functions.map(({ name }) => name)).toEqual(Object.keys(FUNCTION_GRANTS).sort());
    expect(Object.keys(SEQUENCE_GRANTS)).toEqual(['history_seq']);
  });

  it('sees what was granted beside it, and a table that nobody has declared', async () => {
    const before = await effective();
    await rows(`grant select on voucher_code to public`);
    await rows(`grant update (secret_hash) on api_key to amends_desk`);
    await rows(`create table undeclared (id int)`);
    await rows(`grant truncate on undeclared to amends_remedy`);
    const added = (await effective()).filter((may) => !before.includes(may));
    expect(added).toEqual(
      expect.arrayContaining([
        'public SELECT voucher_code',
        'amends_api SELECT voucher_code',
        'amends_desk UPDATE api_key.secret_hash',
        'amends_remedy TRUNCATE undeclared',
      ]),
    );
    await rows(`revoke select on voucher_code from public`);
    await rows(`revoke update (secret_hash) on api_key from amends_desk`);
    await rows(`drop table undeclared`);
  });
});

describe('a role', () => {
  it('owns nothing, is nobody else, and can make nothing but temporary tables', async () => {
    const found = await rows(
      `select r.rolname from pg_roles r where rolname = any($1) and (
         rolsuper or rolcreaterole or rolcreatedb or rolcanlogin or rolbypassrls or rolreplication
         or exists (select 1 from pg_class c where c.relowner = r.oid)
         or exists (select 1 from pg_proc p where p.proowner = r.oid)
         or exists (select 1 from pg_auth_members m where m.member = r.oid)
         or has_schema_privilege(r.oid, 'public', 'create'))`,
      [DATABASE_ROLES.map(roleName)],
    );
    expect(found).toEqual([]);
  });

  it('is where a reset leads back to', async () => {
    const { rows: found } = await pools
      .get('detector')
      .query<{ me: string }>(`select current_user as me`);
    expect(found).toEqual([{ me: 'amends_detector' }]);
    await pools.get('detector').query('reset role');
    const { rows: after } = await pools
      .get('detector')
      .query<{ me: string }>(`select current_user as me`);
    expect(after).toEqual([{ me: 'amends_detector' }]);
  });
});

/** Of each: no row has to be there, since the right is asked for first. */
const ATTACKS: readonly (readonly [role: DatabaseRole, attack: string])[] = [
  // The detector pays
  ['detector', `insert into payment_attempt (id) values ('p')`],
  ['detector', `insert into ledger_tx (id, kind) values ('t', 'settle')`],
  [
    'detector',
    `insert into ledger_entry (tx_id, account, currency, amount_minor) values ('t', 'wallet:me', 'EUR', 1)`,
  ],
  ['detector', `insert into wallet_balance values ('me', 'EUR', 1000000)`],
  ['detector', `update wallet_balance set balance_minor = 1000000`],
  ['detector', `insert into voucher (code) values ('FREE')`],
  ['detector', `select code from voucher`],
  ['detector', `select code from voucher_code`],
  ['detector', `insert into compensation (id) values ('c')`],
  ['detector', `update compensation set state = 'reserved'`],
  ['detector', `update incident set amount_minor = 1`],
  ['detector', `update incident set customer_id = 'me'`],
  ['detector', `update budget set limit_minor = 1`],
  ['detector', `update settings set document = '{}'`],
  ['detector', `update approval set state = 'approved'`],
  ['detector', `delete from hold`],
  ['detector', `select secret_hash from api_key`],
  ['detector', `insert into message (id) values ('m')`],
  ['detector', `insert into outbox (shard) values (0)`],
  ['detector', `update rule_rollout set live_percent = 100`],
  ['detector', `select erase_from_ledger('a', 'b')`],
  // REST writes the ledger
  ['api', `insert into ledger_tx (id, kind) values ('t', 'settle')`],
  [
    'api',
    `insert into ledger_entry (tx_id, account, currency, amount_minor) values ('t', 'wallet:me', 'EUR', 1)`,
  ],
  ['api', `update wallet_balance set balance_minor = 1000000`],
  ['api', `insert into voucher (code) values ('FREE')`],
  ['api', `select code from voucher_code`],
  ['api', `insert into payment_attempt (id) values ('p')`],
  ['api', `update payment_attempt set state = 'failed'`],
  ['api', `insert into compensation (id) values ('c')`],
  ['api', `update compensation set state = 'reserved'`],
  ['api', `update approval set state = 'approved', decided_by = 'somebody'`],
  ['api', `insert into approval (id, state, decided_by) values ('a', 'approved', 'b')`],
  ['api', `update budget set spent_minor = 0`],
  ['api', `insert into decision_queue (incident_id) values ('i')`],
  ['api', `insert into outbox (shard) values (0)`],
  ['api', `select erase_from_ledger('a', 'b')`],
  // The desk makes keys, rules or attempts
  ['desk', `insert into api_key (id) values ('k')`],
  ['desk', `select secret_hash from api_key`],
  ['desk', `update settings set document = '{}'`],
  ['desk', `update budget set limit_minor = 1`],
  ['desk', `insert into payment_attempt (id) values ('p')`],
  ['desk', `update rule_rollout set live_percent = 100`],
  // Remedy changes what bounds it
  ['remedy', `update settings set document = '{}'`],
  ['remedy', `update budget set limit_minor = 1`],
  ['remedy', `update rule_rollout set live_percent = 100`],
  ['remedy', `insert into rule_version (rule_id) values ('r')`],
  ['remedy', `insert into incident (id) values ('i')`],
  ['remedy', `insert into api_key (id) values ('k')`],
  ['remedy', `select secret_hash from api_key`],
  // What was written stays
  ...DATABASE_ROLES.flatMap((role) =>
    ['audit', 'audit_seal', 'audit_anchor', 'ledger_tx', 'ledger_entry'].flatMap((table) => [
      [role, `delete from ${table}`] as const,
      [role, `truncate ${table}`] as const,
      [role, `alter table ${table} disable trigger user`] as const,
      [role, `drop table ${table} cascade`] as const,
    ]),
  ),
  ...DATABASE_ROLES.flatMap((role) => [
    [role, `update audit set action = 'nothing'`] as const,
    [
      role,
      `insert into audit (seq, actor_kind, actor_id, action, object) overriding system value values (1, '', '', '', '')`,
    ] as const,
    [
      role,
      `insert into audit (at, actor_kind, actor_id, action, object) values (now(), '', '', '', '')`,
    ] as const,
    [role, `update ledger_entry set amount_minor = 1`] as const,
    [role, `update audit_seal set hash = ''`] as const,
    [
      role,
      `create or replace function audit_is_append_only() returns trigger language plpgsql as $$ begin return null; end $$`,
    ] as const,
    [role, `create table mine (id int)`] as const,
    [role, `create role mine superuser`] as const,
    [
      role,
      `insert into customer_erasure (pseudonym, hint, erased_by) overriding system value select '', 0, '' from pg_authid`,
    ] as const,
  ]),
];

describe('an attack', () => {
  it.each(ATTACKS)('as %s is refused: %s', async (role, attack) => {
    await expect(pools.get(role).query(attack)).rejects.toMatchObject({ code: '42501' });
  });

  it('by tables put before those of the owner renames no account', async () => {
    const desk: Pool = pools.get('desk');
    await desk.query(
      `create temporary table customer_erasure as select 'c1' as customer_id, 'thief' as pseudonym`,
    );
    await expect(desk.query(`select erase_from_ledger('c1', 'thief')`)).rejects.toThrow(
      'only a customer who is being erased gets another name',
    );
  });
});

it('what is told to Kafka is written by the triggers, whoever changes the row', async () => {
  const telling = await Pools.open({
    url: database().url,
    sizes: { detector: 1 },
    as: { detector: 'detector' },
    outbox: true,
  });
  try {
    await telling.get('detector').query(
      `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id, state,
         event_time, detected_at, event, vars, facts, evidence)
       values ('inc_told', 'r', 1, 0, 'k', 'k', '', 'c', 'shadow', now(), now(), '{}', '{}', '{}', '[]')`,
    );
  } finally {
    await telling.close();
  }
  const told = await rows(`select type from outbox where subject = 'inc_told'`);
  expect(told).toEqual([{ type: 'amends.incident.opened' }]);
  await rows(`delete from outbox`);
  await rows(`delete from incident where id = 'inc_told'`);
});
