export type SplitBatch =
  | { readonly ok: true; readonly items: readonly Uint8Array[] }
  /** `isArray` false: it does not even begin like one. */
  | { readonly ok: false; readonly isArray: boolean; readonly message: string };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const ARRAY_OPEN = 0x5b;
const ARRAY_CLOSE = 0x5d;
const OBJECT_OPEN = 0x7b;
const OBJECT_CLOSE = 0x7d;

/**
 * The texts of a JSON array's items, unparsed, so that each can be judged by itself. Brackets are
 * counted, not matched: a mismatch shows when the item is parsed.
 */
export function splitBatch(bytes: Uint8Array): SplitBatch {
  let start = skipSpace(bytes, 0);
  if (bytes[start] !== ARRAY_OPEN) {
    return { ok: false, isArray: false, message: 'must be an array of events' };
  }
  start++;

  const items: Uint8Array[] = [];
  let depth = 1;
  for (let i = start; i < bytes.length; i++) {
    const byte = bytes[i];
    if (byte === QUOTE) i = endOfString(bytes, i);
    else if (byte === ARRAY_OPEN || byte === OBJECT_OPEN) depth++;
    else if (byte === COMMA && depth === 1) {
      items.push(bytes.subarray(start, i));
      start = i + 1;
    } else if (byte === ARRAY_CLOSE || byte === OBJECT_CLOSE) {
      depth--;
      if (depth > 0) continue;
      const last = bytes.subarray(start, i);
      const isEmpty = skipSpace(last, 0) === last.length;
      if (!isEmpty || items.length > 0) items.push(last);
      const ends = byte === ARRAY_CLOSE && skipSpace(bytes, i + 1) === bytes.length;
      return ends ? { ok: true, items } : noJson('is not valid JSON');
    }
  }
  return noJson('is not valid JSON: the array does not end');
}

function noJson(message: string): SplitBatch {
  return { ok: false, isArray: true, message };
}

/** Index of the closing quote, or of the end of a text that has none. */
function endOfString(bytes: Uint8Array, quote: number): number {
  let i = quote + 1;
  while (i < bytes.length && bytes[i] !== QUOTE) i += bytes[i] === BACKSLASH ? 2 : 1;
  return i;
}

function skipSpace(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] === 0x20 || bytes[i] === 0x0a || bytes[i] === 0x0d || bytes[i] === 0x09) i++;
  return i;
}
