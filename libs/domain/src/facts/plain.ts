import type { Json, JsonObject } from '../json';
import { formatInstant } from '../values/instant';

/** A fact may not outgrow the event it is made from: facts can be built on facts. */
const MAX_ITEMS = 1_000;
const MAX_CHARS = 20_000;

/**
 * What an expression gave, as JSON: ints are numbers, timestamps RFC 3339 strings, durations
 * seconds. undefined if that can not be said (null, NaN, infinity, bytes, types) or is too large.
 */
export function toPlain(value: unknown): Json | undefined {
  const budget = { items: MAX_ITEMS, chars: MAX_CHARS };
  const plain = convert(value, budget);
  return plain === null ? undefined : plain;
}

interface Budget {
  items: number;
  chars: number;
}

function convert(value: unknown, budget: Budget): Json | undefined {
  if ((budget.items -= 1) < 0) return undefined;
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'bigint':
      return Number(value);
    case 'string':
      return (budget.chars -= value.length) < 0 ? undefined : value;
    case 'object':
      return value === null ? null : convertObject(value, budget);
    default:
      return undefined;
  }
}

function convertObject(value: object, budget: Budget): Json | undefined {
  if (Array.isArray(value)) return convertList(value, budget);
  if (value instanceof Date) {
    const instantMs = value.getTime();
    return Number.isNaN(instantMs) ? undefined : formatInstant(instantMs);
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === null || prototype === Object.prototype) return convertMap(value, budget);
  return convertEngineNumber(value);
}

function convertList(value: readonly unknown[], budget: Budget): Json | undefined {
  const list: Json[] = [];
  for (const item of value) {
    const plain = convert(item, budget);
    if (plain === undefined) return undefined;
    list.push(plain);
  }
  return list;
}

function convertMap(value: object, budget: Budget): Json | undefined {
  const entries: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const plain = convert(item, budget);
    if (plain === undefined || (budget.chars -= key.length) < 0) return undefined;
    entries.push([key, plain]);
  }
  return Object.fromEntries(entries) satisfies JsonObject;
}

/** Durations and unsigned ints are classes of the engine, known by their fields. */
function convertEngineNumber(value: object): number | undefined {
  const { seconds, nanos, value: unsigned } = value as Readonly<Record<string, unknown>>;
  if (typeof seconds === 'bigint' && typeof nanos === 'number') {
    return Number(seconds) + nanos / 1e9;
  }
  return typeof unsigned === 'bigint' ? Number(unsigned) : undefined;
}
