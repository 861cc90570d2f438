import { instantOf } from './instant';
import type { OracleEvent } from './model';

/** The event time in milliseconds. */
export function timeOf(event: OracleEvent): number {
  const instant = instantOf(event.time);
  if (instant === undefined) throw new Error(`no event time: ${event.time}`);
  return instant;
}

/** The identity of an event. */
export function refOf(event: OracleEvent): string {
  return `${event.source}|${event.id}`;
}

/** The order (time, source, id). */
export function byTimeSourceId(a: OracleEvent, b: OracleEvent): number {
  return timeOf(a) - timeOf(b) || compareText(a.source, b.source) || compareText(a.id, b.id);
}

/** Semantics 2: a second event of the same (source, id) counts for nothing, whatever it says. */
export function withoutDuplicates(arrivals: OracleEvent[]): OracleEvent[] {
  return arrivals.filter(
    (event, index) => arrivals.findIndex((other) => refOf(other) === refOf(event)) === index,
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
