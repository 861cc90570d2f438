import type { ClientBase, Pool, QueryResult, QueryResultRow } from 'pg';

/** SQL with a name: planned once per connection. The name must be unique in the program. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

type Runner = Pick<ClientBase, 'query'> | Pick<Pool, 'query'>;

/**
 * Makes a named statement. The name carries a hash of the text, so two versions of the program
 * behind one connection pooler, or two statements named alike, never meet.
 */
export function statement(name: string, text: string): Statement {
  return { name: `${name}_${fnv1a(text).toString(36)}`, text };
}

/** Runs a named statement and returns its rows as objects. */
export async function rowsOf<R extends QueryResultRow>(
  runner: Runner,
  { name, text }: Statement,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const result: QueryResult<R> = await runner.query<R>({ name, text, values: [...values] });
  return result.rows;
}

/** Runs a named statement and returns its rows as arrays: cheaper where there are many. */
export async function tuplesOf<R extends unknown[]>(
  runner: Runner,
  { name, text }: Statement,
  values: readonly unknown[] = [],
): Promise<R[]> {
  const query = { name, text, values: [...values], rowMode: 'array' as const };
  return (await runner.query<R>(query)).rows;
}

/** Runs a named statement for its effect; returns how many rows it touched. */
export async function execute(
  runner: Runner,
  { name, text }: Statement,
  values: readonly unknown[] = [],
): Promise<number> {
  return (await runner.query({ name, text, values: [...values] })).rowCount ?? 0;
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
