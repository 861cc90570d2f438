import { attributeText } from '../event';
import type { JsonObject } from '../json';
import { parseInstant } from '../values';

/** `source|id`: an event's identity as one text. */
export function eventRef(event: { readonly source: string; readonly id: string }): string {
  return `${event.source}|${event.id}`;
}

/** The same of a CloudEvents JSON object. */
export function jsonRef(event: JsonObject): string {
  return `${attributeText(event, 'source')}|${attributeText(event, 'id')}`;
}

export interface Ordered {
  readonly t: number;
  readonly s: string;
  readonly d: string;
}

/**
 * By this text events of one instant go: by source, then id. In `source|id` the bar would take part:
 * `/a|1` comes after `/a/b|1`.
 */
export function orderKey({ s, d }: Pick<Ordered, 's' | 'd'>): string {
  return `${s}\u0001${d}`;
}

/** What a CloudEvents JSON object is sorted by; a time that is no instant is the earliest. */
export function orderOf(event: JsonObject): Ordered {
  const t = parseInstant(attributeText(event, 'time')) ?? 0;
  return { t, s: attributeText(event, 'source'), d: attributeText(event, 'id') };
}

/** By event time, then source, then id (RULES.md, semantics 3). */
export function byTimeAndRef(a: Ordered, b: Ordered): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.s !== b.s) return a.s < b.s ? -1 : 1;
  if (a.d !== b.d) return a.d < b.d ? -1 : 1;
  return 0;
}
