import { createHash } from 'node:crypto';

/** What the first row follows. */
export const CHAIN_START: Buffer = Buffer.alloc(32);

/**
 * All that a row of `audit` says, as one text that is the same whoever asks: `jsonb` has one order of
 * keys and keeps numbers as they are, and the time is there to the microsecond. Spelt out here and not as a function of the
 * database, since whoever can change rows there could change that as well.
 */
export const AUDIT_CONTENT = `jsonb_build_object('v', 1, 'seq', seq,
  'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
  'actor_kind', actor_kind, 'actor_id', actor_id, 'action', action, 'object', object,
  'before', before, 'after', after, 'reason', reason, 'request_id', request_id,
  'pseudonym', pseudonym, 'personal', encode(personal, 'hex'))::text`;

/** The link of a row: SHA-256 over the link before it and what the row says. */
export function linkOf(before: Uint8Array, content: string): Buffer {
  return createHash('sha256').update(before).update(content, 'utf8').digest();
}

/** As links are shown: `sha256:…`. */
export function linkText(link: Uint8Array): string {
  return `sha256:${Buffer.from(link).toString('hex')}`;
}
