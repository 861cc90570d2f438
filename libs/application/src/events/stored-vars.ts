import type { JsonObject } from '@amends/domain';

interface Reading {
  readonly event: JsonObject;
  readonly vars: JsonObject;
}

/** Stands for the incident's own event, which lies beside the names in the same row. No event is empty. */
const ITSELF: JsonObject = {};

/** The names of an incident as they are stored: its event, being `start` or the last step too, is not kept twice. */
export function storedVars({ event, vars }: Reading): JsonObject {
  if (!Object.values(vars).includes(event)) return vars;
  return mapped(vars, (value) => (value === event ? ITSELF : value));
}

/** The names of an incident as rules and messages read them. */
export function readVars({ event, vars }: Reading): JsonObject {
  return Object.values(vars).some(isItself) ? mapped(vars, (v) => (isItself(v) ? event : v)) : vars;
}

function mapped(vars: JsonObject, change: (value: JsonObject[string]) => JsonObject[string]) {
  return Object.fromEntries(Object.entries(vars).map(([name, value]) => [name, change(value)]));
}

function isItself(value: JsonObject[string]): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).length === 0;
}
