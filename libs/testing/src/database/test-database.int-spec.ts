import { createTestDatabase } from './test-database';
import { useTestDatabase } from './use-test-database';

describe('a test database', () => {
  const database = useTestDatabase();

  it('is a real PostgreSQL 18', async () => {
    const { rows } = await database().pool.query('SHOW server_version_num');

    expect(Number(rows[0].server_version_num)).toBeGreaterThanOrEqual(180000);
  });

  it('can count statements', async () => {
    const found = await database().pool.query('SELECT count(*) FROM pg_stat_statements');

    expect(found.rowCount).toBe(1);
  });

  it('shares nothing with another', async () => {
    const other = await createTestDatabase();
    await database().pool.query('CREATE TABLE only_here (id int)');

    await expect(other.pool.query('SELECT FROM only_here')).rejects.toThrow(/does not exist/);
    await other.drop();
  });

  it('is gone once dropped, whoever is connected', async () => {
    const other = await createTestDatabase({ from: 'empty' });
    const client = await other.pool.connect();
    client.on('error', () => undefined);
    client.release();

    await other.drop();

    const { rows } = await database().pool.query(
      `SELECT 1 FROM pg_database WHERE datname = '${other.name}'`,
    );
    expect(rows).toEqual([]);
  });
});
