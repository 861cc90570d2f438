const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Why PostgreSQL could not keep this text: `\u0000` and half of a surrogate pair parse here but
 * fail in `jsonb`, where they would throw again with every redelivery.
 */
export function textFault(text: string): string | undefined {
  if (text.includes('\0')) return 'contains the character U+0000';
  if (LONE_SURROGATE.test(text)) return 'contains half of a surrogate pair';
  return undefined;
}
