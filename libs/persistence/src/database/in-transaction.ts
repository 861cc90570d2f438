import type { Pool, PoolClient } from 'pg';

export type RedoReason = 'deadlock' | 'serialization';

export interface TransactionOptions {
  readonly isolation?: 'read committed' | 'repeatable read' | 'serializable';
  /** `off` may lose the transaction (whole) in a crash of the server: see DESIGN.md for where. */
  readonly synchronousCommit?: 'on' | 'off';
  /** Sent together with `begin`: a lock to take before the first snapshot, say. No user input. */
  readonly prelude?: string;
  /** How often it is done again after 40001 or 40P01, before the error is the caller's. */
  readonly redosMax?: number;
  readonly onRedo?: (reason: RedoReason) => void;
}

const REDOS_MAX = 8;
const PAUSE_MAX_MS = 20;

/**
 * Runs `work` in one transaction: committed when it resolves, rolled back when it throws. A
 * deadlock or serialization failure rolls back and runs `work` anew, so it must keep nothing from
 * the failed run. Any other error is thrown as it came.
 */
export async function inTransaction<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  options: TransactionOptions = {},
): Promise<T> {
  const redosMax = options.redosMax ?? REDOS_MAX;
  for (let redo = 0; ; redo += 1) {
    try {
      return await once(pool, work, begin(options));
    } catch (error) {
      const reason = redoReason(error);
      if (reason === undefined || redo >= redosMax) throw error;
      options.onRedo?.(reason);
      await pause(redo);
    }
  }
}

/** Why a transaction that failed so may succeed when done again; undefined for other errors. */
export function redoReason(error: unknown): RedoReason | undefined {
  const code = sqlState(error);
  if (code === '40P01') return 'deadlock';
  return code === '40001' ? 'serialization' : undefined;
}

/** SQLSTATE of an error that PostgreSQL answered; undefined for others. */
export function sqlState(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as Error & { readonly code?: unknown }).code;
  return typeof code === 'string' ? code : undefined;
}

async function once<T>(
  pool: Pool,
  work: (client: PoolClient) => Promise<T>,
  beginText: string,
): Promise<T> {
  const client = await pool.connect();
  let isBroken = false;
  try {
    await client.query(beginText);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    isBroken = !(await rolledBack(client));
    throw error;
  } finally {
    client.release(isBroken);
  }
}

async function rolledBack(client: PoolClient): Promise<boolean> {
  try {
    await client.query('rollback');
    return true;
  } catch {
    return false;
  }
}

function begin({ isolation, synchronousCommit, prelude }: TransactionOptions): string {
  return [
    isolation === undefined ? 'begin' : `begin isolation level ${isolation}`,
    ...(synchronousCommit === undefined
      ? []
      : [`set local synchronous_commit = ${synchronousCommit}`]),
    ...(prelude === undefined ? [] : [prelude]),
  ].join('; ');
}

/** The one that won must get on with it; both at once would only meet again. */
async function pause(redo: number): Promise<void> {
  const waitMs = Math.random() * Math.min(PAUSE_MAX_MS, 2 ** (redo + 1));
  await new Promise((resolve) => setTimeout(resolve, waitMs));
}
