import { isSameHash, type ConsoleSession } from '@amends/application';
import type { Request } from 'express';
import { isHttps } from './is-https';
import { problem } from './problem-error';

const READING = new Set(['GET', 'HEAD']);

/** A browser adds its cookie to whatever page asks: a change has to come from a page of ours. */
export class OwnPages {
  constructor(private readonly isHttpsOnly: boolean) {}

  /** @throws Refusal `csrf` for a change without the token of the session, or from another site */
  require(request: Request, session: ConsoleSession): void {
    if (READING.has(request.method)) return;
    const { origin, 'sec-fetch-site': site } = request.headers;
    if (site !== undefined && site !== 'same-origin') throw csrf('Sec-Fetch-Site');
    if (origin !== undefined && !this.isOurs(origin, request)) throw csrf('Origin');
    const sent = Buffer.from(String(request.headers['x-csrf-token'] ?? ''));
    if (!isSameHash(sent, Buffer.from(session.csrfToken))) throw csrf('X-CSRF-Token');
  }

  private isOurs(origin: string, request: Request): boolean {
    if (!URL.canParse(origin)) return false;
    const { protocol, host, origin: normal } = new URL(origin);
    // A browser sends it in this form, or as `null`.
    if (origin !== normal) return false;
    if (isHttps(request, this.isHttpsOnly) && protocol !== 'https:') return false;
    // The port that goes without saying is left out of both.
    const ours = `${protocol}//${request.headers.host ?? ''}`;
    return URL.canParse(ours) && new URL(ours).host === host;
  }
}

function csrf(header: string) {
  return problem('csrf', {
    detail: `${header} is not that of a page of this session`,
    hint: {
      en: 'Send the csrf_token of GET /v1/session as X-CSRF-Token, from the host that serves it.',
      zh: '请将 GET /v1/session 返回的 csrf_token 作为 X-CSRF-Token 发送，且请求须来自本站页面。',
    },
  });
}
