/**
 * `application/json`, `text/json` and `…+json`, with or without parameters (CloudEvents JSON
 * format, 3.1).
 */
export function isJsonContentType(contentType: string): boolean {
  if (contentType === 'application/json') return true;
  return /^[\w!#$&^.+-]+\/(?:[\w!#$&^.+-]+\+)?json$/i.test(mediaType(contentType));
}

/** The media type without its parameters, lower case. */
export function mediaType(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}
