import type { JsonObject } from '@amends/domain';
import { checkJson, isJsonObject, parseJsonStrict, pointTo, type JsonFault } from '../json';
import { refuse, type Decoded, type EventError, type EventErrorCode } from './decoded';
import { attributeFault } from './event-attributes';
import { EVENT_LIMITS } from './event-limits';
import { readEventTime } from './event-time';

const REQUIRED = ['specversion', 'id', 'source', 'type', 'time'] as const;

/**
 * A CloudEvents 1.0 event from its JSON form, all its mistakes at once. `nowMs` is the clock
 * against which a future time is refused; null believes any (history, stream clock). Never throws.
 */
export function decodeEvent(json: unknown, nowMs: number | null): Decoded {
  const faults = checkJson(json, EVENT_LIMITS);
  if (faults.length > 0) return withId(refuseFaults(faults), json);
  return decodeChecked(json, nowMs);
}

/**
 * The same from JSON text: faster than parsing first, as the text's checks need not be made twice.
 */
export function decodeEventText(bytes: Uint8Array | string, nowMs: number | null): Decoded {
  const parsed = parseJsonStrict(bytes, EVENT_LIMITS);
  if (!parsed.ok) return withId(refuseFaults(parsed.faults), parsed.value);
  return decodeChecked(parsed.value, nowMs);
}

/** For a value that has passed the checks of `parseJsonStrict`. */
export function decodeChecked(json: unknown, nowMs: number | null): Decoded {
  if (!isJsonObject(json as JsonObject)) {
    return refuse('schema_violation', '', 'must be an object: a CloudEvents 1.0 event');
  }
  const event = withoutNulls(json as JsonObject);
  const { specversion } = event;
  if (typeof specversion === 'string' && specversion !== '1.0') {
    const refused = refuse('unsupported_specversion', '/specversion', 'must be "1.0"');
    return withId(refused, event);
  }

  const time = readEventTime(event.time, nowMs);
  const errors = attributeErrors(event);
  if (!time.ok && event.time !== undefined)
    errors.push({ pointer: '/time', message: time.message });
  if (errors.length > 0 || !time.ok) {
    return withId({ ok: false, code: codeOf(event, errors, time), errors }, event);
  }
  return {
    ok: true,
    isWhole: event === json,
    event: {
      source: event.source as string,
      id: event.id as string,
      type: event.type as string,
      timeMs: time.timeMs,
      customerId: event.customerid as string | undefined,
      json: event,
    },
  };
}

function attributeErrors(event: JsonObject): EventError[] {
  const errors: EventError[] = [];
  for (const name of REQUIRED) {
    if (event[name] === undefined) errors.push({ pointer: `/${name}`, message: 'is required' });
  }
  for (const name in event) {
    if (name === 'data' || name === 'time') continue;
    const message = faultOf(name, event[name]);
    if (message !== undefined) errors.push({ pointer: pointTo('', name), message });
  }
  return errors;
}

function faultOf(name: string, value: unknown): string | undefined {
  if (name === 'specversion') return value === '1.0' ? undefined : 'must be the string "1.0"';
  if (name === 'data_base64') return 'is not supported: send JSON in data';
  return attributeFault(name, value);
}

function codeOf(
  event: JsonObject,
  errors: readonly EventError[],
  time: ReturnType<typeof readEventTime>,
): EventErrorCode {
  if (event.data_base64 !== undefined) return 'unsupported_binary_data';
  const onlyTime = errors.every(({ pointer }) => pointer === '/time');
  return onlyTime && !time.ok ? time.code : 'schema_violation';
}

/** An attribute that is null is unset (CloudEvents JSON format, 2.1 and 3), and so is `data`. */
function withoutNulls(event: JsonObject): JsonObject {
  for (const name in event) {
    if (event[name] === null) {
      return Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null));
    }
  }
  return event;
}

export function refuseFaults(faults: readonly JsonFault[]): Decoded & { ok: false } {
  const code = faults[0]?.code ?? 'malformed_json';
  return { ok: false, code, errors: faults.map(({ pointer, message }) => ({ pointer, message })) };
}

/** Names the event in its refusal, if its id can be repeated safely. */
export function withId(refused: Decoded & { ok: false }, json: unknown): Decoded & { ok: false } {
  if (typeof json !== 'object' || json === null || !Object.hasOwn(json, 'id')) return refused;
  const { id } = json as { id: unknown };
  return typeof id === 'string' && attributeFault('id', id) === undefined
    ? { ...refused, id }
    : refused;
}
