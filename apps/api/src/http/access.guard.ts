import { Authenticate } from '@amends/application';
import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { problem } from './problem-error';
import { stateOf } from './request-state';
import { routeOf } from './serve';

/** Who may come in, and through which door: 401 without a key that works, 403 with the wrong role. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly authenticate: Authenticate) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const route = routeOf(context.getHandler());
    const request = context.switchToHttp().getRequest<Request>();
    const state = stateOf(request);
    state.route = route.path;
    if (route.roles === 'anyone') return true;

    const token = bearerToken(request);
    const actor =
      token === undefined ? undefined : await this.authenticate.execute(token, Date.now());
    if (actor === undefined) throw problem('unauthorized');
    state.actor = actor;
    if (route.roles.includes(actor.role)) return true;
    throw problem('forbidden', { detail: `needs one of the roles ${route.roles.join(', ')}` });
  }
}

/** The token of `Authorization: Bearer …`. */
export function bearerToken(request: Request): string | undefined {
  return /^Bearer +(\S{1,8000}) *$/i.exec(request.headers.authorization ?? '')?.[1];
}
