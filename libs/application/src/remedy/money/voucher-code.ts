import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no letters that look like digits, none that spell much. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const GROUPS = 4;
const GROUP_LENGTH = 4;

/** A code nobody can guess (80 random bits): `7K2M-9QXT-4W0B-HC6V`. */
export function voucherCode(): string {
  const bytes = randomBytes(GROUPS * GROUP_LENGTH);
  const symbols = [...bytes].map((byte) => ALPHABET.charAt(byte % ALPHABET.length)).join('');
  return Array.from({ length: GROUPS }, (_, group) =>
    symbols.slice(group * GROUP_LENGTH, (group + 1) * GROUP_LENGTH),
  ).join('-');
}
