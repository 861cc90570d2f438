export interface JsonScan {
  /** The deepest level of brackets, wherever it is. */
  readonly depth: number;
  /** Colons outside strings: in a valid text, the number of keys as written. */
  readonly keys: number;
  /**
   * Whether an escape like `\u00…` or `\ud8…` occurs: only so can text hold U+0000 or half a pair.
   */
  readonly dubiousEscapes: boolean;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const LOWER_U = 0x75;
const LOWER_D = 0x64;
const LETTER_CASE_BIT = 0x20;
const ZERO = 0x30;
/** `[` 0x5b and `{` 0x7b differ in this bit, as `]` and `}` do. */
const BRACE_BIT = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/**
 * One pass over the bytes before any parser sees them. It knows strings and brackets, no grammar:
 * of a malformed text the figures mean nothing but `depth`, which is never less than a parser would
 * reach.
 */
export function scanJson(bytes: Uint8Array): JsonScan {
  const length = bytes.length;
  let depth = 0;
  let deepest = 0;
  let keys = 0;
  let dubiousEscapes = false;

  for (let i = 0; i < length; i++) {
    const byte = bytes[i] as number;
    if (byte === QUOTE) {
      for (i++; i < length && bytes[i] !== QUOTE; i++) {
        if (bytes[i] !== BACKSLASH) continue;
        i++;
        if (bytes[i] === LOWER_U && isDubious(bytes, i + 1)) dubiousEscapes = true;
      }
    } else if (byte === COLON) {
      keys++;
    } else if (byte > 0x5a) {
      const bracket = byte | BRACE_BIT;
      if (bracket === OPEN) {
        depth++;
        if (depth > deepest) deepest = depth;
      } else if (bracket === CLOSE) {
        depth--;
      }
    }
  }
  return { depth: deepest, keys, dubiousEscapes };
}

/** Whether four hex digits may be 0000 or lie in the surrogates, D800 to DFFF. */
function isDubious(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at];
  if (first === ZERO) return bytes[at + 1] === ZERO;
  return first !== undefined && (first | LETTER_CASE_BIT) === LOWER_D;
}
