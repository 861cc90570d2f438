import type { Database, Sql } from '../queries/sql';
import { AUDIT_CONTENT, CHAIN_START, linkOf } from './audit-link';

/** The end of the chain. */
export interface AuditHead {
  readonly seq: bigint;
  readonly hash: Buffer;
}

export interface SealOptions {
  /** Rows per transaction. */
  readonly rowsMax?: number;
}

interface Entry {
  readonly seq: bigint;
  readonly content: string;
}

/** What was in the way of rows that may still come, when a number was found missing. */
interface Watch {
  readonly upTo: bigint;
  readonly writers: ReadonlySet<string>;
}

/** Any number nobody else uses; the lock is per database. */
const SEAL_LOCK = 4_207_030;
const ROWS_MAX = 2_000;

/**
 * Links audit rows that have been committed into the chain, in the order of their numbers (ADR 9). Rows are
 * written without a lock that all would queue on; the link follows within a second, or when somebody looks.
 *
 * A number that is missing may belong to a transaction that has not committed yet. Whoever has taken a
 * number holds a lock on the table until its transaction ends: once everybody who held one when the hole was seen is
 * gone, what is still missing will never come.
 */
export class SealAudit {
  private watch: Watch | undefined;

  constructor(private readonly database: Database) {}

  /** How many rows were linked: all there are if fewer than are taken at a time; none while another process is at it. */
  async execute({ rowsMax = ROWS_MAX }: SealOptions = {}): Promise<number> {
    return this.database.transaction(async (sql) => {
      if (!(await takeTurn(sql))) return 0;
      const head = await auditHead(sql);
      const entries = await readEntries(sql, head?.seq ?? 0n, rowsMax);
      const settled = await this.settled(sql, head, entries, rowsMax);
      await writeLinks(sql, head?.hash ?? CHAIN_START, settled);
      return settled.length;
    });
  }

  /** Those of the rows before which nothing can come any more. */
  private async settled(
    sql: Sql,
    head: AuditHead | undefined,
    entries: readonly Entry[],
    rowsMax: number,
  ): Promise<readonly Entry[]> {
    const first = (head?.seq ?? 0n) + 1n;
    const prefix = entries.filter(({ seq }, index) => seq === first + BigInt(index));
    const last = entries.at(-1)?.seq;
    if (last === undefined || prefix.length === entries.length) return prefix;
    const upTo = await this.passed(sql, last);
    if (upTo === undefined) return prefix;
    // Read again: what they committed was not there before.
    const all = await readEntries(sql, head?.seq ?? 0n, rowsMax);
    return all.filter(({ seq }) => seq <= upTo);
  }

  /** Up to which number nothing can come any more; undefined while somebody may still commit one. */
  private async passed(sql: Sql, last: bigint): Promise<bigint | undefined> {
    const writers = await currentWriters(sql);
    this.watch ??= { upTo: last, writers };
    const { upTo } = this.watch;
    for (const writer of this.watch.writers) if (writers.has(writer)) return undefined;
    this.watch = undefined;
    return upTo;
  }
}

/** The last link; undefined while nothing is linked. */
export async function auditHead(sql: Sql): Promise<AuditHead | undefined> {
  const { rows } = await sql.query<AuditHead>(
    'select seq, hash from audit_seal order by seq desc limit 1',
  );
  return rows[0];
}

async function takeTurn(sql: Sql): Promise<boolean> {
  const { rows } = await sql.query<{ free: boolean }>(
    'select pg_try_advisory_xact_lock($1) as free',
    [SEAL_LOCK],
  );
  return rows[0]?.free === true;
}

async function readEntries(sql: Sql, after: bigint, most: number): Promise<Entry[]> {
  const { rows } = await sql.query<Entry>(
    `select seq, ${AUDIT_CONTENT} as content from audit where seq > $1 order by seq limit $2`,
    [after, most],
  );
  return rows;
}

/** Transactions that have written to the audit and have not ended. */
async function currentWriters(sql: Sql): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ writer: string }>(
    `select distinct virtualtransaction as writer from pg_locks
     where locktype = 'relation' and relation = 'audit'::regclass and mode = 'RowExclusiveLock'
       and database = (select oid from pg_database where datname = current_database())
       and pid <> pg_backend_pid()`,
  );
  return new Set(rows.map(({ writer }) => writer));
}

async function writeLinks(sql: Sql, before: Buffer, entries: readonly Entry[]): Promise<void> {
  if (entries.length === 0) return;
  let link = before;
  const links = entries.map(({ content }) => (link = linkOf(link, content)));
  await sql.query(
    `insert into audit_seal (seq, hash)
     select * from unnest($1::bigint[], $2::bytea[]) as n (seq, hash)`,
    [entries.map(({ seq }) => seq), links],
  );
}
