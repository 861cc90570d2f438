import type { Sql } from '../../queries/sql';

/** Column to SQL type. Names and types are written in this program, never by a stranger. */
export type Columns = Readonly<Record<string, string>>;

export interface InsertOptions {
  readonly onConflict?: string;
  readonly computed?: Readonly<Record<string, string>>;
}

/**
 * Inserts any number of rows in one statement. Values are plain JSON: an amount is a decimal text, a
 * time an RFC 3339 text. A column that a row lacks is null. `computed` columns come from an SQL
 * expression over the row `r`. Returns how many rows were inserted.
 */
export async function insertRows<C extends Columns>(
  sql: Sql,
  table: string,
  columns: C,
  rows: readonly Readonly<Record<keyof C, unknown>>[],
  { onConflict = '', computed = {} }: InsertOptions = {},
): Promise<number> {
  if (rows.length === 0) return 0;
  const names = Object.keys(columns);
  const types = names.map((name) => `${name} ${columns[name] ?? 'text'}`);
  const { rowCount } = await sql.query(
    `insert into ${table} (${[...names, ...Object.keys(computed)].join(', ')})
     select ${[...names.map((name) => `r.${name}`), ...Object.values(computed)].join(', ')}
     from jsonb_to_recordset($1::jsonb) as r(${types.join(', ')}) ${onConflict}`,
    [toJson(rows)],
  );
  return rowCount ?? 0;
}

/** JSON text with bigints as decimal texts and times as RFC 3339. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'bigint' ? part.toString() : part,
  );
}
