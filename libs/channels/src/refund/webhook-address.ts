export type WebhookAddress =
  { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly problem: string };

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of the company's own refund service. It is set by the operator, not by users, so any
 * host is allowed; but what is sent there is about money, so it goes by TLS, unless it stays on this
 * machine or the operator says otherwise.
 */
export function parseWebhookAddress(text: string, allowHttp: boolean): WebhookAddress {
  if (!URL.canParse(text)) return { ok: false, problem: 'is not an address' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') {
    return { ok: false, problem: 'must not carry a user or password; requests are signed' };
  }
  if (url.protocol === 'https:') return { ok: true, url };
  if (url.protocol !== 'http:') return { ok: false, problem: 'must start with https://' };
  if (LOOPBACK.has(url.hostname) || allowHttp) return { ok: true, url };
  return { ok: false, problem: 'must start with https:// unless it is on this machine' };
}
