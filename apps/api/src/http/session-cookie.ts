import type { CookieOptions, Request, Response } from 'express';
import { isHttps } from './is-https';

const NAME = 'amends_session';

/** The cookie of a session: no script reads it, and no other site has it sent. */
export class SessionCookie {
  constructor(private readonly isHttpsOnly: boolean) {}

  /** Undefined: there is none. Two of them are none that could be known: a neighbouring site can add one of its own. */
  read({ headers }: Request): string | undefined {
    const values = (headers.cookie ?? '')
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part.startsWith(`${NAME}=`))
      .map((part) => part.slice(NAME.length + 1));
    return values.length > 1 ? '' : values[0];
  }

  set(request: Request, response: Response, token: string, maxAgeMs: number): void {
    response.cookie(NAME, token, { ...this.options(request), maxAge: maxAgeMs });
  }

  clear(request: Request, response: Response): void {
    response.clearCookie(NAME, this.options(request));
  }

  private options(request: Request): CookieOptions {
    const secure = isHttps(request, this.isHttpsOnly);
    return { httpOnly: true, sameSite: 'strict', path: '/', secure };
  }
}
