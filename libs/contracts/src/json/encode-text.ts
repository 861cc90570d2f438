const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * UTF-8 of a text; undefined if it holds half a surrogate pair, which an encoder would replace
 * silently.
 */
export function encodeText(text: string): Uint8Array | undefined {
  return LONE_SURROGATE.test(text) ? undefined : Buffer.from(text, 'utf8');
}
