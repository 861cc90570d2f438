import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const PREFIX_LENGTH = 10;
const SECRET_LENGTH = 52;
const TOKEN = /^amk_([0-9a-z]{10})_[0-9a-z]{52}$/;

/** Under this prefix stands the key that `AMENDS_ADMIN_KEY` names, whatever it looks like. */
export const CONFIGURED_PREFIX = 'configured';

export interface NewSecret {
  /** What the caller shows once: `amk_<prefix>_<secret>`. */
  readonly token: string;
  readonly prefix: string;
  readonly hash: Buffer;
}

/** A new key: 50 bits to find its row by, 260 bits of secret. */
export function newSecret(): NewSecret {
  const prefix = randomText(PREFIX_LENGTH);
  const token = `amk_${prefix}_${randomText(SECRET_LENGTH)}`;
  return { token, prefix, hash: hashOf(token) };
}

/** Prefixes of the rows that a token may belong to. */
export function prefixesOf(token: string): readonly string[] {
  const prefix = TOKEN.exec(token)?.[1];
  return prefix === undefined ? [CONFIGURED_PREFIX] : [prefix, CONFIGURED_PREFIX];
}

/** SHA-256 is enough: what is hashed has too much entropy to be guessed. */
export function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** In time that does not depend on where they differ. */
export function isSameHash(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => ALPHABET.charAt(byte % 32)).join('');
}
