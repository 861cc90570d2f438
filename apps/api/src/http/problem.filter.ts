import { Refusal } from '@amends/application';
import {
  LANGUAGE_TAGS,
  makeProblem,
  pickLanguage,
  PROBLEM_CONTENT_TYPE,
  problemItems,
  PROBLEMS,
  type Language,
  type ProblemCode,
} from '@amends/contracts';
import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Request, Response } from 'express';
import { allowedMethods } from './allowed-methods';
import { databaseRefusal } from './database-refusal';
import { problem } from './problem-error';
import { stateOf } from './request-state';

const MS_PER_SECOND = 1_000;
/** What a client waits for when nothing says how long. */
const RETRY_AFTER_SECONDS = 1;
const INSTANCE_LENGTH_MAX = 500;

/** Everything that is thrown becomes a problem document (RFC 9457) here, and only here. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    sendProblem(request, response, error);
  }
}

export function sendProblem(request: Request, response: Response, error: unknown): void {
  const refusal = refusalOf(error, request);
  const state = stateOf(request);
  // A code that is not in the catalogue is our own fault.
  const code = isKnown(refusal.code) ? refusal.code : 'internal_error';
  const { status } = PROBLEMS[code];
  if (status >= 500) state.error = error;
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const language = pickLanguage(request.headers['accept-language']);
  setHeaders(request, response, refusal, status);
  response.setHeader('Vary', 'Accept-Language');
  response.setHeader('Content-Language', LANGUAGE_TAGS[language]);
  response.setHeader('Content-Type', PROBLEM_CONTENT_TYPE);
  response.setHeader('Cache-Control', 'no-store');
  response.status(status).end(JSON.stringify(bodyOf(code, refusal, language, request)));
}

function refusalOf(error: unknown, request: Request): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof HttpException) {
    // Nest's own: no route matched, or the path is not valid percent-encoding.
    if (error.getStatus() !== 404) return problem('bad_request');
    const allow = allowedMethods(request.path);
    if (allow.length === 0) return problem('not_found');
    return problem('method_not_allowed', { extra: { allow } });
  }
  return databaseRefusal(error) ?? problem('internal_error');
}

function setHeaders(request: Request, response: Response, refusal: Refusal, status: number): void {
  const { etag, extra } = refusal.details;
  if (etag !== undefined) response.setHeader('ETag', `"${etag}"`);
  if (status === 401) response.setHeader('WWW-Authenticate', 'Bearer realm="amends"');
  if (status === 405) response.setHeader('Allow', allowedMethods(request.path).join(', '));
  const isInProgress = refusal.code === 'idempotency_in_progress';
  if (status === 429 || status === 503 || isInProgress) {
    const waitMs = extra?.['retry_after_ms'];
    const seconds =
      typeof waitMs === 'number' ? Math.ceil(waitMs / MS_PER_SECOND) : RETRY_AFTER_SECONDS;
    response.setHeader('Retry-After', String(Math.max(seconds, 1)));
  }
}

function bodyOf(code: ProblemCode, refusal: Refusal, language: Language, request: Request) {
  const { detail, errors, extra, title, hint } = refusal.details;
  const problem = makeProblem(code, {
    language,
    instance: request.path.slice(0, INSTANCE_LENGTH_MAX),
    requestId: stateOf(request).id,
    ...(title === undefined ? {} : { title }),
    ...(hint === undefined ? {} : { hint: hint[language] }),
    ...(detail === undefined ? {} : { detail }),
    ...(errors === undefined ? {} : { errors: problemItems(errors, language) }),
  });
  return { ...problem, ...extra };
}

function isKnown(code: string): code is ProblemCode {
  return Object.hasOwn(PROBLEMS, code);
}
