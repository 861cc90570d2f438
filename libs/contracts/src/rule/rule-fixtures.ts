import { parseRule } from './parse-rule';

type Value = Record<string, unknown>;

/** A plain valid rule of each detect type, with parts put in place of its own; for specs. */
export const eventRule = (changes: Value = {}): Value => ({
  kind: 'Rule',
  id: 'late-delivery',
  title: 'Parcel later than promised',
  detect: {
    type: 'event',
    event: 'delivery.delivered',
    by: 'data.order_id',
    let: { late: 'minutes(data.delivered_at, data.promised_at)' },
    where: { late: { gte: 10 } },
  },
  pay: { as: 'credit', amount: { fixed: '5.00 EUR' } },
  limits: [{ times: 1, per: 'customer', over: '30d', then: 'skip' }],
  message: { template: 'late-delivery', channels: ['email'] },
  tests: [{ name: 'nothing', events: [], until: '1h', expect: [] }],
  ...changes,
});

export const eventDetect = (changes: Value = {}): Value => ({
  type: 'event',
  event: 'delivery.delivered',
  by: 'data.order_id',
  ...changes,
});

export const windowDetect = (changes: Value = {}): Value => ({
  type: 'window',
  event: 'delivery.failed',
  by: 'customerid',
  over: '60d',
  measure: 'count',
  is: { gte: 3 },
  ...changes,
});

export const sequenceDetect = (changes: Value = {}): Value => ({
  type: 'sequence',
  steps: ['payment.captured', { event: 'order.cancelled', where: { 'data.by': 'shop' } }],
  by: 'data.order_id',
  within: '48h',
  ...changes,
});

export const deadlineDetect = (changes: Value = {}): Value => ({
  type: 'deadline',
  start: 'delivery.promised',
  expect: 'delivery.delivered',
  by: 'data.order_id',
  due: 'data.promised_by',
  ...changes,
});

/** Reads what a JSON Pointer points to; throws if there is nothing. */
export function resolvePointer(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) {
      throw new Error(`nothing at ${pointer}`);
    }
    value = (value as Value)[key];
  }
  return value;
}

/** `code pointer` of every mistake. */
export function mistakes(document: unknown): string[] {
  const parsed = parseRule(document, { contentType: 'json' });
  if (parsed.ok) return [];
  for (const { pointer } of parsed.problems) resolvePointer(document, pointer);
  return parsed.problems.map(({ code, pointer }) => `${code} ${pointer}`);
}

export const detect = (value: unknown): unknown => eventRule({ detect: value });
export const pay = (value: Record<string, unknown>): unknown =>
  eventRule({ pay: { as: 'credit', amount: { fixed: '5.00 EUR' }, ...value } });
export const amount = (value: unknown): unknown => pay({ amount: value });
export const where = (value: unknown): unknown => detect(eventDetect({ where: value }));
export const limits = (...value: unknown[]): unknown => eventRule({ limits: value });
export const deadline = (changes: Record<string, unknown>): unknown =>
  detect(deadlineDetect(changes));
export const window = (changes: Record<string, unknown>): unknown => detect(windowDetect(changes));
export const sequence = (changes: Record<string, unknown>): unknown =>
  detect(sequenceDetect(changes));
export const facts = (value: Record<string, unknown>): unknown =>
  detect(eventDetect({ let: value }));
export const bands = (...steps: unknown[]): unknown =>
  eventRule({ pay: { as: 'credit', amount: { bands: 'late', steps } } });
export const test = (value: Record<string, unknown>): unknown =>
  eventRule({ tests: [{ name: 'a', events: [], until: '1h', expect: [], ...value }] });
export const nested = (levels: number): unknown =>
  levels === 0 ? { 'data.x': 1 } : { any: [nested(levels - 1)] };
export const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
export const manyConditions = (count: number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`data.k${index}`, index]));
