import { randomBytes } from 'node:crypto';
import { Client, Pool } from 'pg';
import { migratedTemplate } from './migrated-template';
import { testServerUrl, withDatabase } from './test-server';

/** A database of one spec file. */
export interface TestDatabase {
  readonly name: string;
  readonly url: string;
  /** Up to ten connections, for the spec itself and for what takes a pool. */
  readonly pool: Pool;
  /** Closes the pool and removes the database, whoever is still connected to it. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** `migrated` (the default) has our tables, `empty` has nothing. */
  readonly from?: 'migrated' | 'empty';
}

/**
 * A fresh database on the real PostgreSQL of this test run, cloned from a migrated template in some
 * 30 ms. The server does not force its writes to disk: no spec may kill the server itself.
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = await testServerUrl();
  const template = options.from === 'empty' ? 'template1' : await migratedTemplate();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${template} STRATEGY file_copy`);

  const url = withDatabase(server, name);
  const pool = new Pool({ connectionString: url, max: 10 });
  // Connections that `drop` cuts off must not take the spec down.
  pool.on('error', () => undefined);
  return {
    name,
    url,
    pool,
    drop: async () => {
      await pool.end();
      await administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
