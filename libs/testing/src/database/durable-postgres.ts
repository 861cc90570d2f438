import { mkdirSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { EmbeddedPostgres } from '@amends/platform';
import { testRunFolder } from '../run/test-run-folder';

/**
 * A PostgreSQL server of a spec's own, set as in production (writes reach the disk), for specs that
 * kill or restart the database. The caller stops it; what is left is ended with the test run.
 */
export async function startDurablePostgres(): Promise<EmbeddedPostgres> {
  const folder = join(testRunFolder(), `postgres-${randomUUID()}`);
  mkdirSync(folder);
  const server = new EmbeddedPostgres({ folder });
  await server.start();
  return server;
}
