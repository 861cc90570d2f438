import { ConsoleSessions, notFound, type ConsoleSession } from '@amends/application';
import { Controller } from '@nestjs/common';
import type { Response } from 'express';
import { problem } from '../../http/problem-error';
import type { Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { SessionCookie } from '../../http/session-cookie';
import { createSession, endSession, getSession } from './session.routes';

@Controller()
export class SessionController {
  constructor(
    private readonly sessions: ConsoleSessions,
    private readonly cookie: SessionCookie,
  ) {}

  @Serve(createSession)
  async create(call: CallOf<typeof createSession>, response: Response): Promise<Reply> {
    if (call.session !== undefined) {
      throw problem('forbidden', { detail: 'a session is made from a key or token' });
    }
    const { token, session } = await this.sessions.create(call, call);
    const maxAgeMs = session.expiresAt.getTime() - call.nowMs;
    this.cookie.set(call.request, response, token, maxAgeMs);
    return { status: 201, body: view(session) };
  }

  @Serve(getSession)
  get(call: CallOf<typeof getSession>): Reply {
    const body = view(sessionOf(call));
    return { status: 200, body, headers: { 'Cache-Control': 'no-store' } };
  }

  @Serve(endSession)
  async end(call: CallOf<typeof endSession>, response: Response): Promise<Reply> {
    await this.sessions.end(sessionOf(call), call);
    this.cookie.clear(call.request, response);
    return { status: 204 };
  }
}

/** With a key or token there is none. */
function sessionOf({ session }: { readonly session: ConsoleSession | undefined }): ConsoleSession {
  if (session === undefined) throw notFound();
  return session;
}

function view({ actor, csrfToken, expiresAt }: ConsoleSession) {
  return {
    actor: { kind: actor.kind, id: actor.id },
    role: actor.role,
    csrf_token: csrfToken,
    expires_at: expiresAt,
  };
}
