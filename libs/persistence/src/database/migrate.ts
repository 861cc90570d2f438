import { Client } from 'pg';
import { createDataSource } from './data-source';

/** Any number nobody else uses; the lock is per database. */
const MIGRATION_LOCK = 4_207_001;

/**
 * Brings the schema up to date and returns the names of the steps it ran. Processes that start
 * together take turns (an advisory lock), so every step runs once.
 */
export async function migrate(url: string): Promise<readonly string[]> {
  const lock = new Client({ connectionString: url, application_name: 'amends-migrate-lock' });
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    await lock.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    return await runSteps(url);
  } finally {
    // Ending the session gives the lock back.
    await lock.end();
  }
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
