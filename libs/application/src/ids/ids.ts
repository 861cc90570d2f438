import { createHash, randomBytes } from 'node:crypto';

export type IdPrefix =
  'inc' | 'cmp' | 'msg' | 'apr' | 'hold' | 'qua' | 'att' | 'ltx' | 'key' | 'evt' | 'job' | 'ntc';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const TIME_MAX = 2 ** 48 - 1;
const RANDOM_BYTES = 10;

/**
 * An id that sorts by time: prefix, `_`, 26 characters of Crockford's base 32 (48 bits of epoch
 * milliseconds, 80 random bits).
 */
export function newId(prefix: IdPrefix, nowMs: number): string {
  return `${prefix}_${encodeTime(nowMs)}${encodeBytes(randomBytes(RANDOM_BYTES))}`;
}

/**
 * As `newId`, but the 80 bits are the SHA-256 of the natural key: whoever finds the same thing
 * again, in a redo or another process, gives it the same id.
 */
export function derivedId(prefix: IdPrefix, atMs: number, naturalKey: string): string {
  const digest = createHash('sha256').update(naturalKey).digest();
  return `${prefix}_${encodeTime(atMs)}${encodeBytes(digest.subarray(0, RANDOM_BYTES))}`;
}

/** The natural key of an incident (DESIGN.md, Positions): what `derivedId('inc', …)` is made from. */
export function incidentNaturalKey(identity: {
  readonly ruleId: string;
  readonly lane: 'live' | 'shadow';
  readonly key: string;
  readonly occurrence: string;
}): string {
  const lane = identity.lane === 'live' ? 0 : 1;
  return JSON.stringify([identity.ruleId, lane, identity.key, identity.occurrence]);
}

/** A time before 1970 sorts as 1970: the id stays well-formed whatever an event says. */
function encodeTime(atMs: number): string {
  let rest = Math.min(Math.max(Math.trunc(atMs), 0), TIME_MAX);
  let text = '';
  for (let digit = 0; digit < 10; digit += 1) {
    text = ALPHABET.charAt(rest % 32) + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** Five bytes are eight characters; the length must be a multiple of five. */
function encodeBytes(bytes: Uint8Array): string {
  let text = '';
  for (let start = 0; start < bytes.length; start += 5) {
    // Ten bits at a time: all forty are more than a bitwise operator takes.
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(start, start + 5);
    text += pair((a << 2) | (b >> 6)) + pair((b << 4) | (c >> 4));
    text += pair((c << 6) | (d >> 2)) + pair((d << 8) | e);
  }
  return text;
}

/** The two characters of the lowest ten bits. */
function pair(bits: number): string {
  return ALPHABET.charAt((bits >> 5) & 31) + ALPHABET.charAt(bits & 31);
}
