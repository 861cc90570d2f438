import type { KeptAnswer } from '@amends/application';
import type { Request, Response } from 'express';
import type { Reply } from './reply';
import { isKnownToReader } from './read-precondition';

const JSON_TYPE = 'application/json; charset=utf-8';

/** The answer in bytes, as it is sent and as it is kept for a replay. */
export function renderReply(reply: Reply): KeptAnswer {
  const headers: Record<string, string> = { ...reply.headers };
  if (reply.etag !== undefined) headers['ETag'] = `"${reply.etag}"`;
  if (reply.text !== undefined) {
    headers['Content-Type'] = reply.text.type;
    return { status: reply.status, headers, body: reply.text.content };
  }
  if (reply.body === undefined) return { status: reply.status, headers, body: '' };
  headers['Content-Type'] = JSON_TYPE;
  return { status: reply.status, headers, body: JSON.stringify(reply.body) };
}

/** Sends an answer; 304 where a GET says that the reader has it. */
export function sendAnswer(request: Request, response: Response, answer: KeptAnswer): void {
  const etag = answer.headers['ETag'];
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const isKnown = etag !== undefined && isKnownToReader(request, etag.slice(1, -1));
  // Lints of a rule, and what was wrong with an event, are in the reader's language.
  response.setHeader('Vary', 'Accept-Language');
  response.setHeader('Cache-Control', isRead ? 'private, no-cache' : 'no-store');
  for (const [name, value] of Object.entries(answer.headers)) {
    if (isRead && isKnown && name === 'Content-Type') continue;
    response.setHeader(name, value);
  }
  if (isRead && isKnown) {
    response.status(304).end();
    return;
  }
  response.status(answer.status).end(answer.body === '' ? undefined : answer.body);
}
