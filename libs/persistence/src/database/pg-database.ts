import { Database, type Sql, type SqlResult } from '@amends/application';
import type { Pool, PoolClient } from 'pg';
import { inTransaction, type TransactionOptions } from './in-transaction';

/** The use cases' database over one pool. */
export class PgDatabase extends Database {
  constructor(
    private readonly pool: Pool,
    private readonly options: TransactionOptions = {},
  ) {
    super();
  }

  query<R extends object>(text: string, values: readonly unknown[] = []): Promise<SqlResult<R>> {
    return run<R>(this.pool, text, values);
  }

  transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, (client) => work(sqlOf(client)), this.options);
  }
}

/** Statements on one connection, such as that of a transaction begun elsewhere. */
export function sqlOf(client: Pick<PoolClient, 'query'> | Pick<Pool, 'query'>): Sql {
  return { query: (text, values = []) => run(client, text, values) };
}

async function run<R extends object>(
  runner: Pick<PoolClient, 'query'> | Pick<Pool, 'query'>,
  text: string,
  values: readonly unknown[],
): Promise<SqlResult<R>> {
  const { rows, rowCount } = await runner.query(text, [...values]);
  return { rows: rows as R[], rowCount };
}
