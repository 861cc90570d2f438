import type { Sql } from '../queries/sql';
import { customerKeys, keysOfPseudonyms } from './customer-keys';
import { decipher, encipher } from './personal-cipher';

/** What an audit row says beside who, what and when. */
interface Said {
  readonly object: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | null | undefined;
}

/** A row about a customer, as it is written. */
export interface AboutCustomer extends Said {
  /** Before, after and reason are kept under this customer's key, and go when they are erased. */
  readonly customerId?: string | undefined;
}

interface Concealed {
  readonly pseudonym: string | null;
  readonly personal: Buffer | null;
}

const CUSTOMER = 'customer:';
const NOTHING = { before: null, after: null, reason: null, pseudonym: null, personal: null };

/**
 * Takes what is personal out of audit rows: where a row is about a customer, all that it says is
 * enciphered under the customer's key before anything is hashed. Once the key is gone nobody reads it, and the
 * chain is what it was.
 */
export async function concealPersonal<R extends AboutCustomer>(
  sql: Sql,
  rows: readonly R[],
): Promise<readonly (R & Concealed)[]> {
  const ids = rows.flatMap(({ customerId }) => customerId ?? []);
  if (ids.length === 0) return rows.map((row) => ({ ...row, pseudonym: null, personal: null }));
  const keys = await customerKeys(sql, ids);
  return rows.map((row) => {
    if (row.customerId === undefined) return { ...row, pseudonym: null, personal: null };
    const { before, after, reason } = row;
    const key = keys.get(row.customerId);
    // Of somebody who was erased nothing is noted but that something was done.
    if (key === undefined) return { ...row, ...NOTHING };
    const isSilent = (before ?? after ?? reason ?? null) === null;
    const said = JSON.stringify({ before, after, reason });
    return {
      ...row,
      object: row.object === CUSTOMER + key.customer_id ? CUSTOMER + key.pseudonym : row.object,
      ...NOTHING,
      pseudonym: key.pseudonym,
      personal: isSilent ? null : encipher(key.key, key.pseudonym, said),
    };
  });
}

/** Rows as they were before; what was about somebody erased stays out. */
export async function revealPersonal<R extends Said & Concealed>(
  sql: Sql,
  rows: readonly R[],
): Promise<readonly R[]> {
  const keys = await keysOfPseudonyms(
    sql,
    rows.flatMap(({ pseudonym }) => pseudonym ?? []),
  );
  return rows.map((row) => {
    const key = row.pseudonym === null ? undefined : keys.get(row.pseudonym);
    if (key === undefined) return row;
    const text = row.personal === null ? undefined : decipher(key.key, key.pseudonym, row.personal);
    const said = text === undefined ? {} : (JSON.parse(text) as Partial<Said>);
    const isNamed = row.object === CUSTOMER + key.pseudonym;
    return { ...row, ...said, object: isNamed ? CUSTOMER + key.customer_id : row.object };
  });
}

/** An object as the audit calls it: customers by their pseudonyms. */
export async function auditObject(sql: Sql, object: string): Promise<string> {
  if (!object.startsWith(CUSTOMER)) return object;
  const { rows } = await sql.query<{ pseudonym: string }>(
    'select pseudonym from customer_key where customer_id = $1',
    [object.slice(CUSTOMER.length)],
  );
  return rows[0] === undefined ? object : CUSTOMER + rows[0].pseudonym;
}
