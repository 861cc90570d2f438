import { EmbeddedPostgres } from '@amends/platform';
import { testRunFolder } from '@amends/testing';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { Client, type QueryResult } from 'pg';
import { migrate } from '../database/migrate';
import { Pools } from '../database/pools';
import { takeRoles } from './take-roles';

/** A cluster where nobody has made our roles, and three users: none of them may do everything. */
let server: EmbeddedPostgres;

beforeAll(async () => {
  server = new EmbeddedPostgres({
    folder: mkdtempSync(join(testRunFolder(), 'roles-')),
    settings: { fsync: 'off' },
  });
  await server.start();
  await ask(server.url('postgres'), `create role plain login password 'p'`);
  await ask(server.url('postgres'), `create role maker login createrole password 'p'`);
  await ask(server.url('postgres'), `create database plain owner plain`);
  await ask(server.url('postgres'), `create database maker owner maker`);
}, 60_000);

afterAll(() => server.stop());

async function ask(url: string, sql: string): Promise<QueryResult> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}

function as(user: string, name: string): string {
  const url = new URL(server.url(name));
  url.username = user;
  url.password = 'p';
  return url.href;
}

const DETECTOR = { batches: 'detector' } as const;

async function take(url: string, mode: 'auto' | 'require' | 'off' = 'auto') {
  const reasons: string[] = [];
  const onUnused = (reason: string) => reasons.push(reason);
  const taken = await takeRoles(url, DETECTOR, { mode, onUnused });
  return { taken, reasons };
}

it('a user who may make no roles migrates all the same, and is told what to have done', async () => {
  const url = as('plain', 'plain');
  expect((await migrate(url)).length).toBeGreaterThan(20);
  const { taken, reasons } = await take(url);
  expect(taken).toBeUndefined();
  expect(reasons).toEqual([
    'there is no role amends_detector (create role amends_detector nologin; grant amends_detector to plain;)',
  ]);
  await expect(take(url, 'require')).rejects.toThrow(
    'AMENDS_DATABASE_ROLES is "require", and there is no role amends_detector',
  );
  expect(await take(url, 'off')).toEqual({ taken: undefined, reasons: [] });
}, 60_000);

it('a user who may make roles has them, in their own database', async () => {
  const url = as('maker', 'maker');
  await migrate(url);
  expect(await take(url, 'require')).toEqual({ taken: DETECTOR, reasons: [] });
  const pools = await Pools.open({ url, sizes: { batches: 1 }, as: DETECTOR });
  const { rows } = await pools.get('batches').query('select current_user as me from rule_set');
  expect(rows).toEqual([{ me: 'amends_detector' }]);
  await expect(pools.get('batches').query(`delete from ledger_tx`)).rejects.toThrow('denied');
  await pools.close();
}, 60_000);

it('once they are made, the next start gives them what is theirs in another database too', async () => {
  const url = as('plain', 'plain');
  // Another database has made them; here nobody has been granted anything yet.
  expect((await take(url)).reasons).toEqual([
    'plain may not take the role amends_detector (grant amends_detector to plain;)',
  ]);
  await ask(server.url('postgres'), 'grant amends_detector to plain');
  expect((await take(url)).reasons).toEqual([
    'amends_detector has been granted nothing here (migrate once more as the owner of the tables)',
  ]);
  expect(await migrate(url)).toEqual([]);
  expect(await take(url, 'require')).toEqual({ taken: DETECTOR, reasons: [] });
});

it('a grant that was taken or given by hand is put right by the next start', async () => {
  const url = as('maker', 'maker');
  await ask(url, 'revoke insert on incident from amends_detector');
  await ask(url, 'grant insert on ledger_tx to amends_detector');
  await ask(url, 'grant update (amount_minor) on incident to amends_detector');
  await migrate(url);
  const { rows } = await ask(
    url,
    `select has_table_privilege('amends_detector', 'incident', 'insert') as theirs,
       has_table_privilege('amends_detector', 'ledger_tx', 'insert') as stolen,
       has_column_privilege('amends_detector', 'incident', 'amount_minor', 'update') as sum`,
  );
  expect(rows).toEqual([{ theirs: true, stolen: false, sum: false }]);
});

it('a process with a login of its own can be nothing else, and changes no schema', async () => {
  await ask(server.url('postgres'), `create role own login password 'p' in role amends_detector`);
  const url = as('own', 'maker');
  expect(await migrate(url)).toEqual([]);
  expect(await take(url, 'require')).toEqual({ taken: DETECTOR, reasons: [] });
  const pools = await Pools.open({ url, sizes: { batches: 1 }, as: DETECTOR });
  await expect(pools.get('batches').query('set role amends_remedy')).rejects.toThrow('denied');
  await expect(pools.get('batches').query(`set role none; delete from ledger_tx`)).rejects.toThrow(
    'denied',
  );
  await pools.close();

  const [last] = (await ask(as('maker', 'maker'), 'select max(id) as id from schema_migration'))
    .rows as { id: number }[];
  await ask(
    as('maker', 'maker'),
    `update schema_migration set name = 'Older' where id = ${String(last?.id)}`,
  );
  await expect(migrate(url)).rejects.toThrow(
    /the schema lacks .*, and its tables belong to maker, not to own: run the command "migrate"/,
  );
});

it('a login without any role is told so', async () => {
  await ask(server.url('postgres'), `create role stranger login password 'p'`);
  await expect(migrate(as('stranger', 'maker'))).rejects.toThrow(
    'stranger may read nothing here: grant it the role of its process',
  );
});
