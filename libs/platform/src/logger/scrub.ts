/** No log line needs a longer text; what is longer is usually a payload. */
const TEXT_LENGTH_MAX = 500;

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, '$1 [secret]'],
  [/:\/\/[^\s/@:]*:[^\s/@]+@/g, '://[secret]@'],
  [/\b(whsec|amk|amends)_[\w+/=-]{8,}/g, '$1_[secret]'],
  [
    /\b(password|passwd|secret|token|api[-_]?key)(["']?\s*[=:]\s*["']?)[^\s"',;&]+/gi,
    '$1$2[secret]',
  ],
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '[e-mail]'],
];

/**
 * A text as it may be logged: credentials and e-mail addresses masked, line ends made visible, at
 * most 500 characters. The second line of defence: secrets and payloads should not get this far.
 */
export function scrub(text: string): string {
  // Masked before it is cut, or half an address would be left; but nothing huge is searched.
  const clean = SECRETS.reduce(
    (masked, [pattern, mask]) => masked.replace(pattern, mask),
    text.slice(0, 4 * TEXT_LENGTH_MAX),
  );
  if (text.length <= TEXT_LENGTH_MAX) return clean;
  return `${clean.slice(0, TEXT_LENGTH_MAX)}… (${String(text.length)} characters)`;
}
