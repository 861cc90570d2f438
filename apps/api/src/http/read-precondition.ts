import type { Precondition } from '@amends/application';
import type { Request } from 'express';
import { problem } from './problem-error';
import type { PreconditionUse } from './route';

const TAGS_MAX = 20;
const TAG = /^(W\/)?"([\u0021\u0023-\u007e]{0,200})"$/;

/** `If-Match` or `If-None-Match: *` of a change. */
export function readPrecondition(request: Request, use: PreconditionUse | undefined): Precondition {
  const match = request.headers['if-match'];
  const noneMatch = request.headers['if-none-match'];
  if (use === undefined) return { kind: 'none' };
  if (match !== undefined && noneMatch !== undefined) {
    throw invalid('send either If-Match or If-None-Match');
  }
  if (match !== undefined) return { kind: 'match', tags: readTags(match) };
  if (noneMatch === undefined) return { kind: 'none' };
  if (use === 'put' && noneMatch.trim() === '*') return { kind: 'create' };
  throw invalid('If-None-Match: only * is taken here, and only on PUT');
}

/** Whether `If-None-Match` of a GET names this tag: the reader has it already. */
export function isKnownToReader(request: Request, etag: string): boolean {
  const header = request.headers['if-none-match'];
  if (header === undefined) return false;
  if (header.trim() === '*') return true;
  // Weak comparison (RFC 9110, 13.1.2): a proxy may have weakened our tag.
  return header.split(',').some((part) => TAG.exec(part.trim())?.[2] === etag);
}

/** Strong comparison (RFC 9110, 13.1.1): a weak tag never matches. */
function readTags(header: string): readonly string[] {
  if (header.trim() === '*') return ['*'];
  const parts = header.split(',').map((part) => TAG.exec(part.trim()));
  if (parts.length > TAGS_MAX || parts.some((part) => part === null)) {
    throw invalid('If-Match: a list of entity tags in double quotes is wanted');
  }
  return parts.flatMap((part) => (part === null || part[1] !== undefined ? [] : [part[2] ?? '']));
}

function invalid(detail: string) {
  return problem('invalid_header', { detail });
}
