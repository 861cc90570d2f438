import type { Actor, ConsoleSession, Precondition, Role } from '@amends/application';
import type { Language } from '@amends/contracts';
import type { Request } from 'express';
import type { z } from 'zod';
import type { ProblemCode } from '@amends/contracts';

/** What a route takes from one quota of; `hold` is the kill switch's own, `none` is never refused (probes). */
export type Quota = 'ingest' | 'rest' | 'hold' | 'none';

/** How a change says what it wants to replace; `optional` is honoured when it is sent. */
export type PreconditionUse = 'put' | 'match' | 'optional';

/** A body that a route reads. */
export interface BodySpec<B> {
  readonly schema: z.ZodType<B>;
  /** For the documentation: what a media type holds, where they differ. */
  readonly schemaOf?: Readonly<Record<string, z.ZodType>>;
  /** Media types taken, the first one being the usual; parameters are ignored. */
  readonly types: readonly string[];
  /** `raw`: the route looks at type and bytes itself (events, rule documents). */
  readonly reading: 'json' | 'raw';
  readonly maxBytes: number;
  /** An action without settings may be sent without a body. */
  readonly isOptional?: boolean;
}

/** One answer that is not a problem. */
export interface AnswerSpec {
  readonly description: string;
  readonly schema?: z.ZodType;
  readonly hasETag?: boolean;
  readonly hasLocation?: boolean;
  /** A page of a list: `Link: rel="next"`. */
  readonly isPage?: boolean;
  /** Not JSON: `text/plain` and the like. */
  readonly type?: string;
}

/** A request that works as it stands, with what it is good for. Run by the contract test, in order. */
export interface ExampleSpec {
  readonly name: string;
  readonly status: number;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Instead of `body`, for what is not JSON. */
  readonly text?: string;
}

/** One route: everything that is said about it anywhere is derived from here. */
export interface RouteSpec<
  P extends z.ZodObject = z.ZodObject,
  Q extends z.ZodObject = z.ZodObject,
  B = unknown,
> {
  /** `operationId` */
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  readonly description?: string;
  readonly roles: readonly Role[] | 'anyone';
  readonly quota: Quota;
  readonly params?: P;
  readonly query?: Q;
  /** `label.<name>=<value>` may stand in the query. */
  readonly hasLabelFilter?: boolean;
  readonly body?: BodySpec<B>;
  readonly precondition?: PreconditionUse;
  readonly idempotency?: 'required' | 'optional';
  /** Headers read beside those of the conventions. */
  readonly headers?: readonly HeaderSpec[];
  readonly answers: Readonly<Record<number, AnswerSpec>>;
  /** Beside those that the conventions bring. */
  readonly problems: readonly ProblemCode[];
  readonly examples: readonly ExampleSpec[];
}

export interface HeaderSpec {
  readonly name: string;
  readonly description: string;
}

/** What a handler is given: everything read, checked and typed. */
export interface Call<P = unknown, Q = unknown, B = unknown> {
  readonly params: P;
  readonly query: Q;
  /** Values per label name. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  readonly body: B;
  /** The bytes of a body that the route reads itself. */
  readonly bytes: Buffer;
  readonly mediaType: string;
  readonly actor: Actor;
  /** When the key, token or session that the actor came with ends; epoch milliseconds. */
  readonly endsAtMs: number | undefined;
  /** Where a browser asks, with its cookie. */
  readonly session: ConsoleSession | undefined;
  readonly requestId: string;
  readonly idempotencyKey: string | undefined;
  readonly precondition: Precondition;
  readonly language: Language;
  readonly nowMs: number;
  readonly request: Request;
}

/** The call that a route hands to its handler. */
export type CallOf<R> =
  R extends RouteSpec<infer P, infer Q, infer B> ? Call<z.output<P>, z.output<Q>, B> : never;

/** Declares a route; only here for its types. */
export function defineRoute<P extends z.ZodObject, Q extends z.ZodObject, B>(
  spec: RouteSpec<P, Q, B>,
): RouteSpec<P, Q, B> {
  return spec;
}
