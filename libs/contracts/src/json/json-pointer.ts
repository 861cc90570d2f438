/** `pointer` with one more reference token, escaped as RFC 6901 says. */
export function pointTo(pointer: string, token: string | number): string {
  if (typeof token === 'number') return `${pointer}/${token}`;
  return `${pointer}/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
