import { findViolations, type CheckOptions } from '../invariants/check-invariants';
import { createTestDatabase, type TestDatabase, type TestDatabaseOptions } from './test-database';

export interface UseTestDatabaseOptions extends TestDatabaseOptions {
  /**
   * Which invariants must hold after the last test; all that always do, unless given. Not to look at
   * all needs a reason, in words, at the call.
   */
  readonly invariants?: CheckOptions | { readonly unchecked: string };
}

/**
 * Gives a spec file its database: made before the first test, looked through for what must never be
 * after the last, then removed. To be called at the top level of the file or of a `describe`, after
 * the `afterAll` that ends what works on it; the function it returns, inside tests.
 */
export function useTestDatabase(options: UseTestDatabaseOptions = {}): () => TestDatabase {
  const { invariants = {}, ...creation } = options;
  let database: TestDatabase | undefined;
  beforeAll(async () => {
    database = await createTestDatabase(creation);
  }, 120_000);
  afterAll(async () => {
    try {
      const isChecked = creation.from !== 'empty' && !('unchecked' in invariants);
      if (database && isChecked) {
        expect(await findViolations(database.url, invariants)).toEqual([]);
      }
    } finally {
      await database?.drop();
    }
  }, 60_000);
  return () => {
    if (database === undefined) throw new Error('the database is there inside tests only');
    return database;
  };
}
