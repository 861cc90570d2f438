import { DateTime } from 'luxon';

const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
const parsed = new Map<string, number | undefined>();

/** Milliseconds of an RFC 3339 string; undefined when it is none. */
export function instantOf(value: unknown): number | undefined {
  if (typeof value !== 'string' || !rfc3339.test(value)) return undefined;
  if (!parsed.has(value)) parsed.set(value, parse(value));
  return parsed.get(value);
}

function parse(text: string): number | undefined {
  const moment = DateTime.fromISO(text, { zone: 'utc' });
  return moment.isValid ? moment.toMillis() : undefined;
}
