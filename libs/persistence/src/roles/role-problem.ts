import { Client, DatabaseError } from 'pg';
import { roleName, type DatabaseRole } from './database-role';

/**
 * Why the user of an address cannot take these roles, and what would help; undefined: it can. A text for the operator.
 *
 * @throws Error when the database cannot be reached
 */
export async function roleProblem(
  url: string,
  roles: readonly DatabaseRole[],
): Promise<string | undefined> {
  const client = new Client({ connectionString: url, application_name: 'amends-roles' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    const problems: string[] = [];
    for (const role of roles) {
      const problem = await problemOf(client, roleName(role));
      if (problem !== undefined) problems.push(problem);
    }
    return problems.length === 0 ? undefined : problems.join('; ');
  } finally {
    await client.end();
  }
}

/** The server itself is asked: what makes a member has changed from version to version. */
async function problemOf(client: Client, name: string): Promise<string | undefined> {
  const { rows } = await client.query<{ known: boolean; user: string }>(
    `select exists (select 1 from pg_roles where rolname = $1) as known,
       quote_ident(session_user) as user`,
    [name],
  );
  const user = rows[0]?.user ?? '';
  if (rows[0]?.known !== true) {
    return `there is no role ${name} (create role ${name} nologin; grant ${name} to ${user};)`;
  }
  if (!(await isAllowed(client, `set role ${name}`))) {
    return `${user} may not take the role ${name} (grant ${name} to ${user};)`;
  }
  const isGranted = await isAllowed(client, 'select 1 from schema_migration limit 0');
  await client.query('reset role');
  if (isGranted) return undefined;
  return `${name} has been granted nothing here (migrate once more as the owner of the tables)`;
}

async function isAllowed(client: Client, text: string): Promise<boolean> {
  try {
    await client.query(text);
    return true;
  } catch (error) {
    // A schema that may not be used is none that is looked through.
    const refusals = ['42501', '42P01'];
    if (error instanceof DatabaseError && refusals.includes(error.code ?? '')) return false;
    throw error;
  }
}
