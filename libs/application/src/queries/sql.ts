/** What a statement gave back: `bigint` columns as BigInt, `timestamptz` as Date, `jsonb` parsed. */
export interface SqlResult<R> {
  readonly rows: R[];
  /** Rows a change touched. */
  readonly rowCount: number | null;
}

/** Where statements are sent: a pool, or the one connection of a transaction. */
export interface Sql {
  query<R extends object>(text: string, values?: readonly unknown[]): Promise<SqlResult<R>>;
}

/** PostgreSQL as the use cases see it. */
export abstract class Database implements Sql {
  abstract query<R extends object>(
    text: string,
    values?: readonly unknown[],
  ): Promise<SqlResult<R>>;

  /**
   * One transaction: committed when `work` resolves, rolled back when it throws. `work` may run
   * again after a deadlock, so it keeps nothing outside from a run.
   */
  abstract transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
}

/** The only row, or undefined. */
export async function oneRow<R extends object>(
  sql: Sql,
  text: string,
  values: readonly unknown[] = [],
): Promise<R | undefined> {
  return (await sql.query<R>(text, values)).rows[0];
}
