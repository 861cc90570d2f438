import { ADMIN_KEY } from './world';

export interface Answer {
  readonly status: number;
  readonly body: ReturnType<typeof JSON.parse>;
  readonly etag: string | null;
}

const TIMEOUT_MS = 6_000;

/** A request to the api as Admin; rejects when it is not answered. */
export async function ask(
  url: string,
  method: string,
  path: string,
  options: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { body: sent, headers = {} } = options;
  const response = await fetch(url + path, {
    method,
    headers: {
      authorization: `Bearer ${ADMIN_KEY}`,
      ...(sent !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(sent !== undefined && { body: JSON.stringify(sent) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  const body = text === '' ? null : JSON.parse(text);
  return { status: response.status, body, etag: response.headers.get('etag') };
}

/** The same; an answer that is no success is an error. */
export async function demand(
  ...[url, method, path, options]: Parameters<typeof ask>
): Promise<unknown> {
  const { status, body } = await ask(url, method, path, options);
  if (status >= 300)
    throw new Error(`${method} ${path}: ${String(status)} ${JSON.stringify(body)}`);
  return body;
}
