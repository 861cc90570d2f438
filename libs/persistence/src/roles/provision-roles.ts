import type { Client } from 'pg';
import { DATABASE_ROLES, roleName } from './database-role';
import { declaredGrants, sameGrant, type OneGrant } from './one-grant';

/**
 * Makes the roles of ADR 13 where they are missing, and gives each exactly what is declared. Whatever the connected user
 * may not do is left out: `roleProblem` says so to whoever wants to take a role. To be called under the lock of the
 * migrations, by the owner of the tables.
 */
export async function provisionRoles(client: Client): Promise<void> {
  const me = await readUser(client);
  if (me.may_create) for (const role of DATABASE_ROLES) await createRole(client, roleName(role));
  if (!me.is_super) for (const role of DATABASE_ROLES) await join(client, roleName(role));
  if (me.is_owner) await grant(client);
}

interface User {
  readonly may_create: boolean;
  readonly is_super: boolean;
  readonly is_owner: boolean;
}

async function readUser(client: Client): Promise<User> {
  const { rows } = await client.query<User>(
    `select r.rolsuper or r.rolcreaterole as may_create, r.rolsuper as is_super,
       pg_has_role(t.relowner, 'usage') as is_owner
     from pg_roles r, pg_class t where r.rolname = current_user and t.oid = 'schema_migration'::regclass`,
  );
  return rows[0] ?? { may_create: false, is_super: false, is_owner: false };
}

/** They belong to the cluster: another database of it may have made them, or be about to. */
async function createRole(client: Client, name: string): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [name]);
  if (rowCount !== 0) return;
  await client.query(
    `do $$ begin create role ${name} nologin;
     exception when duplicate_object or unique_violation then null; end $$`,
  );
}

/** Whoever made a role may give it to himself; of one that others made this may be refused. */
async function join(client: Client, name: string): Promise<void> {
  await client.query(
    `do $$ begin
       if exists (select 1 from pg_roles where rolname = '${name}') then
         execute format('grant ${name} to %I', current_user);
       end if;
     exception when insufficient_privilege or unique_violation or internal_error then null; end $$`,
  );
}

async function grant(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    'select rolname::text as name from pg_roles where rolname = any($1)',
    [DATABASE_ROLES.map(roleName)],
  );
  const known = new Set(rows.map(({ name }) => name));
  const wanted = declaredGrants().filter(({ role }) => known.has(role));
  const actual = await readGrants(client, [...known]);
  const wantedNames = new Set(wanted.map(sameGrant));
  const actualNames = new Set(actual.map(sameGrant));
  const statements = [
    ...(await schemaGrants(client, [...known])),
    ...actual.filter((one) => !wantedNames.has(sameGrant(one))).map((one) => change('revoke', one)),
    ...wanted.filter((one) => !actualNames.has(sameGrant(one))).map((one) => change('grant', one)),
  ];
  if (statements.length === 0) return;
  await client.query(['begin', ...statements, 'commit'].join('; '));
}

/** Usually everybody may use the schema; where an administrator has taken that away, our roles are let in. */
async function schemaGrants(client: Client, roles: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('grant usage on schema %I to %I', current_schema(), r.name) as statement
     from unnest($1::text[]) as r (name)
     where not has_schema_privilege(r.name, current_schema(), 'usage')
       and has_schema_privilege(current_schema(), 'usage with grant option')`,
    [roles],
  );
  return rows.map(({ statement }) => statement);
}

/** What the roles have been given on anything in our schema, the schema itself apart. */
async function readGrants(client: Client, roles: readonly string[]): Promise<OneGrant[]> {
  const { rows } = await client.query<OneGrant>(
    `with mine as (
       select c.oid, c.relname::text as name, c.relacl, case c.relkind when 'S' then 'sequence' else 'table' end as kind
       from pg_class c where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r','p','v','m','S')
     ), given as (
       select m.kind, m.name, null::text as "column", a.grantee, a.privilege_type
       from mine m, aclexplode(m.relacl) a
       union all
       select m.kind, m.name, t.attname::text, a.grantee, a.privilege_type
       from mine m join pg_attribute t on t.attrelid = m.oid and not t.attisdropped, aclexplode(t.attacl) a
       union all
       select 'function', p.proname::text, null, a.grantee, a.privilege_type
       from pg_proc p, aclexplode(p.proacl) a where p.pronamespace = current_schema()::regnamespace
     )
     select r.rolname::text as role, g.kind, g.name, g."column", g.privilege_type as privilege
     from given g join pg_roles r on r.oid = g.grantee where r.rolname = any($1)`,
    [roles],
  );
  return rows;
}

/** Names are ours or the catalogue's, and plain. */
function change(what: 'grant' | 'revoke', { role, kind, name, column, privilege }: OneGrant) {
  const columns = column === null ? '' : ` ("${column}")`;
  return `${what} ${privilege}${columns} on ${kind} "${name}" ${what === 'grant' ? 'to' : 'from'} ${role}`;
}
