import { request } from '../refund/http-request';
import type { OutboundGuard } from './outbound-guard';

export interface FetchOutboundOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** From connecting to the last byte of the answer. */
  readonly timeoutMs: number;
  /** What it has to pass; that of the process unless given. */
  readonly guard?: OutboundGuard | undefined;
}

/**
 * A document at an address that somebody else may have chosen, in the words of `fetch`: only from where the guard lets us,
 * no redirection followed, 64 kB at most.
 *
 * @throws Error without an answer, or with one that is too long
 */
export async function fetchOutbound(url: URL, options: FetchOutboundOptions): Promise<Response> {
  const { headers = {}, timeoutMs, guard } = options;
  const asked = { method: 'GET', headers, body: '', timeoutMs, ...(guard && { guard }) } as const;
  const answer = await request(url, asked);
  if (answer.kind === 'no-answer') throw new Error(`${url.host}: ${answer.reason}`);
  if (answer.body === undefined)
    throw new Error(`${url.host} answered with too much, or broke off`);
  // A response without content has no body, not even an empty one.
  const body = answer.body === '' ? null : answer.body;
  return new Response(body, { status: answer.status });
}
