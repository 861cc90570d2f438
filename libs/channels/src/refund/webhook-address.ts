import { processGuard } from '../outbound/process-guard';

export type WebhookAddress =
  { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly problem: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * An address that things are sent to, such as the company's own refund service. It is set by the operator; but what
 * is sent there is about money, so it goes by TLS, unless it stays on this machine or the operator says
 * otherwise, and into no private network that the operator has not named.
 */
export function parseWebhookAddress(
  text: string,
  allowHttp: boolean,
  guard = processGuard(),
): WebhookAddress {
  if (!URL.canParse(text)) return { ok: false, problem: 'is not an address' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return { ok: false, problem: 'must not carry a user or password; requests are signed' };
  }
  if (!guard.allowsHost(url)) {
    return {
      ok: false,
      problem: 'is no public address: name its range in AMENDS_OUTBOUND_PRIVATE',
    };
  }
  if (url.protocol === 'https:') return { ok: true, url };
  if (url.protocol !== 'http:') return { ok: false, problem: 'must start with https://' };
  if (LOOPBACK.has(url.hostname) || allowHttp) return { ok: true, url };
  return { ok: false, problem: 'must start with https:// unless it is on this machine' };
}
