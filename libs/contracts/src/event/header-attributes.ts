import { isUtf8 } from 'node:buffer';
import type { JsonObject } from '@amends/domain';
import { encodeText, isForbiddenKey, pointTo } from '../json';
import { refuse, type RefusedEvent } from './decoded';
import { isJsonContentType } from './content-type';

export type HeaderValue = string | Uint8Array | readonly (string | Uint8Array)[] | undefined | null;
export type Headers = Readonly<Record<string, HeaderValue>>;

export type HeaderAttributes =
  { readonly ok: true; readonly attributes: JsonObject } | RefusedEvent;

/** How a transport writes context attributes into headers. */
export interface HeaderForm {
  /** `ce-` on HTTP, `ce_` on Kafka. */
  readonly prefix: string;
  /** The attribute as text; undefined: it cannot be read. */
  readonly read: (value: string | Uint8Array) => string | undefined;
}

/** Attributes that have no header of their own, in either binding. */
const ELSEWHERE = new Set(['data', 'data_base64', 'datacontenttype']);

/** Collects the context attributes of an event in binary mode; header names in any case. */
export function headerAttributes(headers: Headers, form: HeaderForm): HeaderAttributes {
  const attributes: Record<string, string> = {};
  for (const [header, values] of Object.entries(headers)) {
    const name = attributeName(header, form);
    if (name === undefined || values === undefined || values === null) continue;
    const pointer = pointTo('', name);
    if (isForbiddenKey(name)) return refuse('forbidden_key', pointer, 'is not allowed');
    if (ELSEWHERE.has(name) && header.toLowerCase() !== 'content-type') {
      return refuse('schema_violation', pointer, `must not stand in the header ${header}`);
    }
    const value = single(values);
    if (value === undefined || Object.hasOwn(attributes, name)) {
      return refuse('schema_violation', pointer, `the header ${header} stands more than once`);
    }
    const text = form.read(value);
    if (text === undefined)
      return refuse('bad_text', pointer, `the header ${header} is not readable`);
    attributes[name] = text;
  }
  return { ok: true, attributes };
}

/** The header `content-type` as text, if there is one. */
export function contentTypeOf(headers: Headers): string | undefined {
  for (const [header, values] of Object.entries(headers)) {
    if (header.toLowerCase() !== 'content-type') continue;
    const value = values === undefined || values === null ? undefined : single(values);
    if (value !== undefined) return typeof value === 'string' ? value : readUtf8(value);
  }
  return undefined;
}

/** Why a body of this content type is not read. */
export function contentTypeRefusal(contentType: string | undefined): RefusedEvent | undefined {
  if (contentType === undefined || isJsonContentType(contentType)) return undefined;
  return refuse('schema_violation', '/datacontenttype', 'must be JSON: application/json or …+json');
}

export function readUtf8(value: string | Uint8Array): string | undefined {
  if (typeof value === 'string') return encodeText(value) === undefined ? undefined : value;
  return isUtf8(value) ? Buffer.from(value).toString('utf8') : undefined;
}

function attributeName(header: string, form: HeaderForm): string | undefined {
  const lower = header.toLowerCase();
  if (lower === 'content-type') return 'datacontenttype';
  return lower.startsWith(form.prefix) ? lower.slice(form.prefix.length) : undefined;
}

function single(
  values: string | Uint8Array | readonly (string | Uint8Array)[],
): string | Uint8Array | undefined {
  if (typeof values === 'string' || values instanceof Uint8Array) return values;
  return values.length === 1 ? values[0] : undefined;
}
