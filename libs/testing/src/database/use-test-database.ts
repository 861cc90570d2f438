import { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database';

/**
 * Gives a spec file its database: made before the first test, removed after the last. To be called
 * at the top level of the file or of a `describe`; the function it returns, inside tests.
 */
export function useTestDatabase(options?: TestDatabaseOptions): () => TestDatabase {
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase(options);
  }, 120_000);
  afterAll(async () => {
    await database?.drop();
  });
  return () => {
    if (database === undefined) throw new Error('the database is there inside tests only');
    return database;
  };
}
