import { createHash } from 'node:crypto';
import type { Page, PageRequest } from '@amends/application';
import { problem } from './problem-error';
import type { Call } from './route';
import type { Reply } from './reply';

const LIMIT = 50;
const VERSION = 1;

interface PageParameters {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
  readonly order?: 'asc' | 'desc' | undefined;
  readonly count?: 'estimate' | undefined;
}

/** The page that a call asks for; 400 for a cursor of another list, filter or order. */
export function pageRequest(call: Call<unknown, PageParameters>): PageRequest {
  const { limit = LIMIT, cursor, order = 'desc', count } = call.query;
  const after = cursor === undefined ? undefined : readCursor(cursor, filterHash(call));
  return { limit, order, after, isCounted: count === 'estimate' };
}

/** The answer of a list: items, the cursor of the next page, and its link. */
export function pageReply<R>(
  call: Call<unknown, PageParameters>,
  page: Page<R>,
  view: (row: R) => unknown,
): Reply {
  const next =
    page.next === undefined ? null : writeCursor(page.next.at, page.next.id, filterHash(call));
  const body = {
    items: page.rows.map(view),
    next_cursor: next,
    ...(page.estimatedTotal === undefined ? {} : { estimated_total: page.estimatedTotal }),
  };
  if (next === null) return { status: 200, body };
  return { status: 200, body, headers: { Link: `<${nextPath(call, next)}>; rel="next"` } };
}

function nextPath(call: Call, cursor: string): string {
  const url = new URL(call.request.url, 'http://localhost');
  url.searchParams.set('cursor', cursor);
  return url.pathname + url.search;
}

/** What a cursor is bound to: the list, its filter and its order; not how many rows at a time. */
function filterHash(call: Call): string {
  const url = new URL(call.request.url, 'http://localhost');
  for (const name of ['cursor', 'limit', 'count']) url.searchParams.delete(name);
  url.searchParams.sort();
  const filter = `${url.pathname}?${url.searchParams.toString()}`;
  return createHash('sha256').update(filter).digest('base64url').slice(0, 12);
}

function writeCursor(at: string, id: string, filter: string): string {
  return Buffer.from(JSON.stringify([VERSION, filter, at, id])).toString('base64url');
}

function readCursor(cursor: string, filter: string) {
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw problem('invalid_cursor');
  }
  if (!Array.isArray(parts) || parts.length !== 4 || parts[0] !== VERSION) {
    throw problem('invalid_cursor');
  }
  const [, boundTo, at, id] = parts as unknown[];
  if (boundTo !== filter) throw problem('cursor_mismatch');
  if (typeof at !== 'string' || typeof id !== 'string') throw problem('invalid_cursor');
  return { at, id };
}
