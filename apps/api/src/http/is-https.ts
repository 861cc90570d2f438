import type { Request } from 'express';

/**
 * Whether the browser came over https, as far as it can be told: a proxy that speaks TLS says so, unless the operator has
 * said it once for all. Who lies about it changes what they are told themselves, and no more.
 */
export function isHttps(request: Request, isHttpsOnly: boolean): boolean {
  if (isHttpsOnly || request.secure) return true;
  const forwarded = String(request.headers['x-forwarded-proto'] ?? '');
  return forwarded.split(',', 1)[0]?.trim().toLowerCase() === 'https';
}
