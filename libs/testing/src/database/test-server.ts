import { join } from 'node:path';
import { EmbeddedPostgres } from '@amends/platform';
import { oncePerRun } from '../run/once-per-run';
import { testRunFolder } from '../run/test-run-folder';

/** Nothing of a test run survives a power cut, so nothing is forced to disk. */
const SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_connections: '300',
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'all',
};

/** The address of the PostgreSQL of this test run: of its database `postgres`, as superuser. */
export function testServerUrl(): Promise<string> {
  return oncePerRun('postgres', async () => {
    const server = new EmbeddedPostgres({
      folder: join(testRunFolder(), 'postgres'),
      settings: SETTINGS,
    });
    await server.start();
    return server.url('postgres');
  });
}

/** The same server, another database. */
export function withDatabase(url: string, database: string): string {
  const address = new URL(url);
  address.pathname = `/${database}`;
  return address.href;
}
