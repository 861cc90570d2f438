import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { NOT_ALLOWED, type OutboundGuard } from '../outbound/outbound-guard';
import { processGuard } from '../outbound/process-guard';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** What it has to pass; that of the process unless given. */
  readonly guard?: OutboundGuard;
}

export type HttpAnswer =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: string | undefined;
      /** Undefined when it was longer than 64 kB or broke off: then only the status counts. */
      readonly body: string | undefined;
    }
  /** The request may have arrived, or not. */
  | { readonly kind: 'no-answer'; readonly reason: string };

const BODY_BYTES_MAX = 64 * 1024;

/**
 * One request and its answer. Redirects are not followed: money goes to the address that was
 * configured, and nowhere else. Never throws.
 */
export function request(url: URL, options: HttpRequest): Promise<HttpAnswer> {
  const { method, headers, body, timeoutMs, guard = processGuard() } = options;
  if (!guard.allowsHost(url)) return Promise.resolve({ kind: 'no-answer', reason: NOT_ALLOWED });
  return new Promise((resolve) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const length = Buffer.byteLength(body);
    const outgoing = send(url, {
      method,
      headers: { ...headers, ...(method === 'POST' && { 'content-length': String(length) }) },
      // A connection of its own: on one that was kept, the other side may just be hanging up.
      agent: false,
      lookup: guard.lookupFor(url),
    });
    const timer = setTimeout(() => {
      resolve({ kind: 'no-answer', reason: `no answer within ${String(timeoutMs)} ms` });
      outgoing.destroy();
    }, timeoutMs);
    const settle = (answer: HttpAnswer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    outgoing.on('response', (response) => {
      void readBody(response).then((text) => {
        settle({
          kind: 'answer',
          status: response.statusCode ?? 0,
          retryAfter: response.headers['retry-after'],
          body: text,
        });
      });
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) => {
      settle({ kind: 'no-answer', reason: error.code ?? 'error' });
    });
    outgoing.end(body);
  });
}

function readBody(response: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    response.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > BODY_BYTES_MAX) {
        resolve(undefined);
        response.destroy();
        return;
      }
      chunks.push(chunk);
    });
    response.on('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'));
    });
    response.on('error', () => {
      resolve(undefined);
    });
    response.on('close', () => {
      resolve(undefined);
    });
  });
}
