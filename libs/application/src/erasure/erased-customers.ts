import { createHash } from 'node:crypto';
import { stableHash } from '../events/stable-hash';
import { Refusal } from '../access/refusal';
import type { Sql } from '../queries/sql';

interface Row {
  readonly no: bigint;
  readonly pseudonym: string;
  readonly hint: number;
}

const PSEUDONYM_LENGTH = 32;

/**
 * Who was erased, in memory: no event of theirs is kept or evaluated again. Asked for every event, so a hash of 32 bits goes
 * first. Nobody is ever taken off the list, so it is read on from where it was left.
 */
export class ErasedCustomers {
  private readonly hints = new Set<number>();
  private readonly pseudonyms = new Set<string>();
  private secret: Buffer = Buffer.alloc(0);
  private lastNo = 0n;

  get isEmpty(): boolean {
    return this.hints.size === 0;
  }

  has(customerId: string): boolean {
    if (!this.hints.has(hintOf(customerId))) return false;
    return this.pseudonyms.has(pseudonymOf(this.secret, customerId));
  }

  /** Learns who was erased since. */
  async read(sql: Sql): Promise<void> {
    const { rows } = await sql.query<Row>(
      'select no, pseudonym, hint from customer_erasure where no > $1 order by no',
      [this.lastNo],
    );
    if (rows.length === 0) return;
    const { rows: secrets } = await sql.query<{ secret: Buffer }>(
      'select secret from pseudonym_secret',
    );
    this.secret = secrets[0]?.secret ?? this.secret;
    for (const { no, pseudonym, hint } of rows) {
      this.hints.add(hint);
      this.pseudonyms.add(pseudonym);
      this.lastNo = no;
    }
  }
}

/** 32 bits, signed as PostgreSQL's int4 is. */
export function hintOf(customerId: string): number {
  return stableHash(customerId) | 0;
}

/** As the function `customer_pseudonym` of the database has it. */
function pseudonymOf(secret: Buffer, customerId: string): string {
  const hash = createHash('sha256').update(secret).update(customerId, 'utf8').digest('hex');
  return `cus_${hash.slice(0, PSEUDONYM_LENGTH)}`;
}

/** Of these, whoever was erased. */
export async function erasedOf(sql: Sql, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql.query<{ id: string }>(
    `select u.id from unnest($1::text[], $2::int[]) as u (id, hint)
     join customer_erasure e on e.hint = u.hint and e.pseudonym = customer_pseudonym(u.id)`,
    [ids, ids.map(hintOf)],
  );
  return new Set(rows.map(({ id }) => id));
}

/** @throws Refusal `erased` */
export async function requireNotErased(sql: Sql, customerId: string): Promise<void> {
  if ((await erasedOf(sql, [customerId])).size > 0) throw new Refusal('erased');
}
