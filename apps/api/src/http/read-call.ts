import type { RefusalItem } from '@amends/application';
import {
  DOCUMENT_LIMITS,
  inChinese,
  mediaType,
  parseJsonStrict,
  pickLanguage,
} from '@amends/contracts';
import type { Request } from 'express';
import { z } from 'zod';
import { fieldErrors } from './field-errors';
import { isRepeatable } from './parameters';
import { problem } from './problem-error';
import { parseQueryString } from './query-string';
import { readBody } from './read-body';
import { readPrecondition } from './read-precondition';
import { stateOf } from './request-state';
import type { BodySpec, Call, RouteSpec } from './route';

const NOBODY = { kind: 'system', id: 'anyone', role: 'viewer' } as const;
const LABEL = /^label\.([\w.-]{1,100})$/;
const IDEMPOTENCY_KEY_LENGTH_MAX = 255;
const NO_QUERY = z.object({});

/** Reads and checks all of a request that the route declares, in the order of cost. */
export async function readCall(route: RouteSpec, request: Request): Promise<Call> {
  const state = stateOf(request);
  const params = readParams(route, request);
  const { query, labels } = readQuery(route, request);
  const precondition = readPrecondition(request, route.precondition);
  const idempotencyKey = readIdempotencyKey(route, request);
  const type = mediaType(request.headers['content-type'] ?? '');
  if (route.body?.reading === 'json') requireType(route.body, request, type);
  const bytes =
    route.body === undefined ? Buffer.alloc(0) : await readBody(request, route.body.maxBytes);
  const isJson = route.body?.reading === 'json';
  return {
    params,
    query,
    labels,
    body: isJson ? readJson(route.body, bytes) : undefined,
    bytes,
    mediaType: type,
    actor: state.credential?.actor ?? NOBODY,
    endsAtMs: state.credential?.endsAtMs,
    session: state.session,
    requestId: state.id,
    idempotencyKey,
    precondition,
    language: pickLanguage(request.headers['accept-language']),
    nowMs: Date.now(),
    request,
  };
}

/** A path that cannot name anything is not found; where it is to be created, it is refused. */
function readParams(route: RouteSpec, request: Request): unknown {
  if (route.params === undefined) return {};
  const parsed = route.params.safeParse(request.params);
  if (parsed.success) return parsed.data;
  if (route.method !== 'PUT') throw problem('not_found');
  throw problem('invalid_body', { errors: fieldErrors(parsed.error, request.params) });
}

function readQuery(route: RouteSpec, request: Request) {
  const sent = parseQueryString(request.url);
  const query = route.query ?? NO_QUERY;
  const shape = query.shape as Readonly<Record<string, z.ZodType>>;
  const values: Record<string, unknown> = {};
  const labels = new Map<string, readonly string[]>();
  for (const [name, list] of sent) {
    const label = route.hasLabelFilter === true ? LABEL.exec(name)?.[1] : undefined;
    if (label !== undefined) {
      labels.set(label, list);
      continue;
    }
    const schema = Object.hasOwn(shape, name) ? shape[name] : undefined;
    if (schema === undefined) throw unknownParameter(name, Object.keys(shape));
    if (isRepeatable(schema)) values[name] = list;
    else if (list.length === 1) values[name] = list[0];
    else throw invalidParameters([oneOnly(name)]);
  }
  const parsed = query.safeParse(values);
  if (!parsed.success) throw invalidParameters(fieldErrors(parsed.error, values));
  return { query: parsed.data, labels };
}

function unknownParameter(name: string, known: readonly string[]) {
  const list = known.join(', ');
  const message = { en: 'is not a parameter of this list', zh: '不是此接口的参数' };
  const hint = { en: `known: ${list}`, zh: `可用参数：${list}` };
  const pointer = `/${name.slice(0, 100)}`;
  return problem('unknown_parameter', {
    errors: [{ pointer, code: 'unknown_parameter', message, ...(list === '' ? {} : { hint }) }],
  });
}

function oneOnly(name: string): RefusalItem {
  const message = { en: 'may stand once only', zh: '只能出现一次' };
  return { pointer: `/${name}`, code: 'repeated', message };
}

function invalidParameters(errors: readonly RefusalItem[]) {
  return problem('invalid_parameter', { errors });
}

/** Bare, or as the structured-field string of the draft: in double quotes. */
function readIdempotencyKey(route: RouteSpec, request: Request): string | undefined {
  if (route.idempotency === undefined) return undefined;
  const header = request.headers['idempotency-key'];
  if (header === undefined) {
    if (route.idempotency === 'required') throw problem('idempotency_key_required');
    return undefined;
  }
  const key = /^"((?:[^"\\]|\\["\\])*)"$/.exec(String(header))?.[1] ?? String(header);
  const isClean = /^[\u0020-\u007e]+$/.test(key);
  if (isClean && key.length <= IDEMPOTENCY_KEY_LENGTH_MAX) return key;
  const detail = `printable ASCII, at most ${String(IDEMPOTENCY_KEY_LENGTH_MAX)} characters`;
  throw problem('invalid_idempotency_key', { detail });
}

function requireType(body: BodySpec<unknown>, request: Request, type: string): void {
  if (body.isOptional === true && !hasBody(request)) return;
  if (body.types.includes(type)) return;
  throw problem('unsupported_media_type', { detail: `send ${body.types.join(' or ')}` });
}

function hasBody({ headers }: Request): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

function readJson(body: BodySpec<unknown>, bytes: Buffer): unknown {
  const input = body.isOptional === true && bytes.length === 0 ? {} : readStrictJson(bytes);
  const parsed = body.schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw problem('invalid_body', { errors: fieldErrors(parsed.error, input) });
}

/** JSON, or 400 with all that is wrong with it. */
export function readStrictJson(bytes: Buffer): unknown {
  const parsed = parseJsonStrict(bytes, DOCUMENT_LIMITS);
  if (parsed.ok) return parsed.value;
  if (parsed.code === 'too_large') throw problem('payload_too_large');
  const errors = parsed.faults.map(({ pointer, code, message }) => ({
    pointer,
    code,
    message: { en: message, zh: inChinese(message) },
  }));
  throw problem('malformed_json', { errors });
}
