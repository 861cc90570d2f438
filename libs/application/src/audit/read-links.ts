import type { Sql } from '../queries/sql';
import { CHAIN_START } from './audit-link';

/** A row's place in the chain. */
export interface AuditLink {
  readonly seq: bigint;
  readonly hash: Buffer;
  /** The link before it. */
  readonly prev: Buffer;
}

/** The links of rows, by seq; a row written just now has none yet. */
export async function readLinks(
  sql: Sql,
  seqs: readonly bigint[],
): Promise<ReadonlyMap<bigint, AuditLink>> {
  const { rows } = await sql.query<{ seq: bigint; hash: Buffer; prev: Buffer | null }>(
    `select s.seq, s.hash, (
       select p.hash from audit_seal p where p.seq < s.seq order by p.seq desc limit 1
     ) as prev from audit_seal s where s.seq = any($1)`,
    [seqs],
  );
  return new Map(rows.map((row) => [row.seq, { ...row, prev: row.prev ?? CHAIN_START }]));
}
