import { problem } from './problem-error';

const PARAMETERS_MAX = 200;

/** The query as sent: names in order of their first appearance, each with all its values. */
export function parseQueryString(url: string): ReadonlyMap<string, readonly string[]> {
  const start = url.indexOf('?');
  const values = new Map<string, string[]>();
  if (start === -1 || start === url.length - 1) return values;
  const parts = url.slice(start + 1).split('&');
  if (parts.length > PARAMETERS_MAX) throw problem('invalid_parameter', { detail: 'too many' });
  for (const part of parts) {
    if (part === '') continue;
    const equals = part.indexOf('=');
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    const value = equals === -1 ? '' : decode(part.slice(equals + 1));
    const known = values.get(name);
    if (known === undefined) values.set(name, [value]);
    else known.push(value);
  }
  return values;
}

/** Strict: a byte that is no UTF-8, or that PostgreSQL cannot keep, is refused and not replaced. */
function decode(text: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw problem('bad_request', { detail: 'the query is not valid percent-encoded UTF-8' });
  }
  if (decoded.includes('\u0000')) {
    throw problem('bad_request', { detail: 'the query contains U+0000' });
  }
  return decoded;
}
