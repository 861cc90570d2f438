import { Authenticate, ConsoleSessions, type Credential } from '@amends/application';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request, Response } from 'express';
import { OwnPages } from './own-pages';
import { problem } from './problem-error';
import { stateOf } from './request-state';
import { routeOf } from './serve';
import { SessionCookie } from './session-cookie';

/**
 * Who may come in, and through which door: 401 without a key or session that works, 403 with the wrong role. An
 * `Authorization` header decides alone; only without one the cookie of a session is looked at.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticate: Authenticate,
    private readonly sessions: ConsoleSessions,
    private readonly cookie: SessionCookie,
    private readonly ownPages: OwnPages,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = routeOf(context.getHandler());
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const state = stateOf(request);
    state.route = route.path;
    if (route.roles === 'anyone') return true;

    const credential =
      request.headers.authorization === undefined
        ? await this.bySession(request, http.getResponse<Response>())
        : await this.byToken(request);
    if (credential === undefined) throw problem('unauthorized');
    state.credential = credential;
    if (route.roles.includes(credential.actor.role)) return true;
    throw problem('forbidden', { detail: `needs one of the roles ${route.roles.join(', ')}` });
  }

  private async byToken(request: Request): Promise<Credential | undefined> {
    const token = bearerToken(request);
    return token === undefined ? undefined : this.authenticate.execute(token, Date.now());
  }

  private async bySession(request: Request, response: Response): Promise<Credential | undefined> {
    const token = this.cookie.read(request);
    if (token === undefined) return undefined;
    const session = await this.sessions.find(token);
    if (session === undefined) {
      this.cookie.clear(request, response);
      return undefined;
    }
    this.ownPages.require(request, session);
    stateOf(request).session = session;
    const { actor, expiresAt } = session;
    if (actor.kind === 'key') this.authenticate.noteUse(actor.id, Date.now());
    return { actor, endsAtMs: expiresAt.getTime() };
  }
}

/** The token of `Authorization: Bearer …`. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer +(\S{1,8000}) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
