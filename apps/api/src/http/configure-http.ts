import type { Logger, Metrics } from '@amends/platform';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import type { NextFunction, Request, Response } from 'express';
import type { Drain } from '../routes/system/drain';
import { allowedMethods } from './allowed-methods';
import { answerClientErrors } from './client-errors';
import { observeRequests } from './observe-requests';

export interface HttpParts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly drain: Drain;
  readonly hstsSeconds: number;
}

/** A sender who takes longer for headers or body than this is cut off. */
const REQUEST_TIMEOUT_MS = 60_000;
const HEADERS_TIMEOUT_MS = 20_000;
/** Nobody sends so many but to make work; their length together is limited by Node, to 16 kB. */
const HEADERS_MAX = 100;
/** Longer than that of the usual load balancers, so that they and not we close idle connections. */
const KEEP_ALIVE_TIMEOUT_MS = 75_000;

/** What stands before and after the routes. The application must be made with `bodyParser: false`. */
export function configureHttp(app: NestExpressApplication, parts: HttpParts): void {
  const express = app.getHttpAdapter().getInstance();
  // Entity tags are ours; queries are read strictly; nobody needs to know what serves them.
  express.disable('etag');
  express.disable('x-powered-by');
  express.set('query parser', false);
  app.use(observeRequests(parts.logger, parts.metrics));
  app.use(securityHeaders(parts.hstsSeconds));
  app.use(answerOptions);
  app.use(closeWhenDraining(parts.drain));

  const server = app.getHttpServer();
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.maxHeadersCount = HEADERS_MAX;
  server.keepAliveTimeout = KEEP_ALIVE_TIMEOUT_MS;
  answerClientErrors(server);
}

function securityHeaders(hstsSeconds: number) {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        scriptSrc: ["'self'"],
        imgSrc: ["'self'", 'data:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Whoever terminates TLS in front of us says so; on plain http it would lock people out.
    strictTransportSecurity: hstsSeconds > 0 && { maxAge: hstsSeconds, includeSubDomains: false },
  });
}

/** `OPTIONS` tells the methods; there is no CORS, the console is served from here. */
function answerOptions(request: Request, response: Response, next: NextFunction): void {
  if (request.method !== 'OPTIONS') {
    next();
    return;
  }
  const methods = allowedMethods(request.path);
  if (methods.length === 0) {
    next();
    return;
  }
  response.setHeader('Allow', [...methods, 'OPTIONS'].join(', '));
  response.status(204).end();
}

/** So that clients with kept-alive connections go elsewhere. */
function closeWhenDraining(drain: Drain) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    if (drain.isDraining) response.setHeader('Connection', 'close');
    next();
  };
}
