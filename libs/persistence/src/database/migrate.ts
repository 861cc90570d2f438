import { Client } from 'pg';
import { migrations } from '../../../../migrations';
import { provisionRoles } from '../roles/provision-roles';
import { createDataSource } from './data-source';

/** Any number nobody else uses; the lock is per database. */
const MIGRATION_LOCK = 4_207_001;

/**
 * Brings the schema up to date, with the roles that processes take and what these may do, and returns the names of the
 * steps it ran. Processes that start together take turns (an advisory lock), so every step runs once. A user who does
 * not own the tables changes nothing.
 *
 * @throws Error saying what to run when steps are missing and the tables belong to somebody else
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const client = new Client({ connectionString: url, application_name: 'amends-migrate-lock' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    const { missing, user, owner } = await readState(client);
    if (owner !== null) {
      if (missing.length === 0) return [];
      throw new Error(
        `the schema lacks ${missing.join(', ')}, and its tables belong to ${owner}, not to ${user}: ` +
          `run the command "migrate" with DATABASE_URL of ${owner} first`,
      );
    }
    const ran = missing.length === 0 ? [] : await runSteps(url);
    await provisionRoles(client);
    return ran;
  } finally {
    // Ending the session gives the lock back.
    await client.end();
  }
}

interface State {
  readonly missing: readonly string[];
  readonly user: string;
  /** Whose the tables are, unless they are the user's or not there yet. */
  readonly owner: string | null;
}

async function readState(client: Client): Promise<State> {
  type Row = { user: string; owner: string | null; is_made: boolean; is_closed: boolean };
  const { rows } = await client.query<Row>(
    `select current_user::text as user, t.oid is not null as is_made,
       not has_table_privilege(t.oid, 'select') as is_closed,
       case when not pg_has_role(t.relowner, 'usage') then t.relowner::regrole::text end as owner
     from (select to_regclass('schema_migration') as oid) m left join pg_class t using (oid)`,
  );
  const { user = '', owner = null, is_made: isMade = false } = rows[0] ?? {};
  if (rows[0]?.is_closed === true) {
    throw new Error(`${user} may read nothing here: grant it the role of its process (ADR 13)`);
  }
  const done = isMade ? await readDone(client) : new Set<string>();
  const names = migrations.map((Step) => new Step().name);
  return { missing: names.filter((name) => !done.has(name)), user, owner };
}

async function readDone(client: Client): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ name: string }>('select name from schema_migration');
  return new Set(rows.map(({ name }) => name));
}

async function runSteps(url: string): Promise<readonly string[]> {
  const dataSource = createDataSource({ url, role: 'migrate', poolMax: 2 });
  await dataSource.initialize();
  try {
    const ran = await dataSource.runMigrations({ transaction: 'each' });
    return ran.map((step) => step.name);
  } finally {
    await dataSource.destroy();
  }
}
