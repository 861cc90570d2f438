import { migrate } from '@amends/persistence';
import { Client } from 'pg';
import { oncePerRun } from '../run/once-per-run';
import { testServerUrl, withDatabase } from './test-server';

const NAME = 'template_migrated';

/** A database with every migration applied, made once per run; only to be cloned. */
export function migratedTemplate(): Promise<string> {
  return oncePerRun(NAME, async () => {
    const server = await testServerUrl();
    await run(server, `CREATE DATABASE ${NAME}`);
    // For specs that count the statements of what they test.
    await run(withDatabase(server, NAME), 'CREATE EXTENSION pg_stat_statements');
    await migrate(withDatabase(server, NAME));
    return NAME;
  });
}

async function run(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
