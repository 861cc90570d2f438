import type { Refusal } from '@amends/application';
import { problem } from './problem-error';

/** SQLSTATEs and system errors of a database that is away, full or too slow at the moment. */
const AWAY = new Set([
  '08000',
  '08003',
  '08006',
  '53300',
  '55P03',
  '57014',
  '57P01',
  '57P02',
  '57P03',
  '40001',
  '40P01',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
]);

/** 503 for what will pass; undefined for what is our own fault. */
export function databaseRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error)) return undefined;
  const code = (error as Error & { readonly code?: unknown }).code;
  if (typeof code === 'string' && AWAY.has(code)) return problem('unavailable');
  // pg says these in words only.
  const isAway = /timeout exceeded when trying to connect|Connection terminated/.test(
    error.message,
  );
  return isAway ? problem('unavailable') : undefined;
}
