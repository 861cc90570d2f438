import { randomBytes } from 'node:crypto';
import { traceIdOf } from '@amends/contracts';
import type { Logger, Metrics } from '@amends/platform';
import type { NextFunction, Request, Response } from 'express';
import { setState, stateOf, type RequestState } from './request-state';

/** Taken over from the caller when it looks like an id; it ends up in logs and audit rows. */
const REQUEST_ID = /^[\w.:-]{1,64}$/;
const MS_PER_SECOND = 1_000;

/**
 * The first step of every request: an id for it, and at its end one line in the log and one
 * observation. The log names the route's pattern, never the path, the query or a body.
 */
export function observeRequests(logger: Logger, metrics: Metrics) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const state: RequestState = { id: requestIdOf(request), startedAtMs: Date.now() };
    setState(request, state);
    response.setHeader('X-Request-Id', state.id);
    const startedAt = performance.now();
    response.once('close', () => {
      const durationMs = performance.now() - startedAt;
      const route = state.route ?? 'none';
      const status = response.writableFinished ? response.statusCode : 499;
      metrics.httpSeconds
        .labels({ route, method: request.method, status: `${String(Math.trunc(status / 100))}xx` })
        .observe(durationMs / MS_PER_SECOND);
      writeLine(logger, request, status, durationMs);
    });
    next();
  };
}

function writeLine(logger: Logger, request: Request, status: number, durationMs: number): void {
  const state = stateOf(request);
  const line = {
    request_id: state.id,
    trace_id: traceIdOf(request.headers['traceparent']),
    method: request.method,
    route: state.route ?? 'none',
    status,
    duration_ms: Math.round(durationMs),
    actor: state.credential?.actor.id,
  };
  // Of 503 the database's own alarms tell; a 500 is ours, and somebody has to look.
  if (status === 500) logger.error('request failed', { ...line, err: state.error });
  else if (state.error !== undefined) logger.warn('request refused', { ...line, err: state.error });
  else logger.debug('request', line);
}

function requestIdOf(request: Request): string {
  const given = request.headers['x-request-id'];
  if (typeof given === 'string' && REQUEST_ID.test(given)) return given;
  return `req_${randomBytes(10).toString('hex')}`;
}
