import type { ConsoleSession, Credential } from '@amends/application';
import type { Request } from 'express';
import type { Call } from './route';

/** What the steps of one request leave for each other. */
export interface RequestState {
  readonly id: string;
  readonly startedAtMs: number;
  /** Who asks, by key, token or session. */
  credential?: Credential;
  /** Where a browser asks, with its cookie. */
  session?: ConsoleSession;
  call?: Call;
  /** The error behind a 500, for the log. */
  error?: unknown;
  /** Path pattern of the route, for metrics and log. */
  route?: string;
}

const STATES = new WeakMap<Request, RequestState>();

export function setState(request: Request, state: RequestState): void {
  STATES.set(request, state);
}

/** Throws when the request did not come through `observeRequests`: a mistake in the composition. */
export function stateOf(request: Request): RequestState {
  const state = STATES.get(request);
  if (state === undefined) throw new Error('the request has no state');
  return state;
}
