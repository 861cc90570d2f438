import type { JsonObject } from '../json';

/** `source|id`: an event's identity as one text. */
export function eventRef(event: { readonly source: string; readonly id: string }): string {
  return `${event.source}|${event.id}`;
}

/** The same of a CloudEvents JSON object. */
export function jsonRef(event: JsonObject): string {
  return `${String(event['source'])}|${String(event['id'])}`;
}

export interface Ordered {
  readonly t: number;
  readonly s: string;
  readonly d: string;
}

/** By event time, then source, then id (RULES.md, semantics 3). */
export function byTimeAndRef(a: Ordered, b: Ordered): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.s !== b.s) return a.s < b.s ? -1 : 1;
  if (a.d !== b.d) return a.d < b.d ? -1 : 1;
  return 0;
}
