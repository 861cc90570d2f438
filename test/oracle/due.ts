import { timeOf } from './arrivals';
import { instantOf } from './instant';
import type { OracleEvent, OracleOptions, RawRule } from './model';
import { lookup } from './scope';
import { plainMs, type Span, spanOf } from './span';
import { addWorkingTime } from './working-time';

/** `due` and due + grace, computed from a start or an extend; undefined when it cannot be read. */
export function dueFrom(
  detect: RawRule,
  options: OracleOptions,
  event: OracleEvent,
  start: OracleEvent,
): { dueMs: number; limitMs: number } | undefined {
  const calendar = detect.calendar === undefined ? undefined : options.calendars?.[detect.calendar];
  const add = (fromMs: number, span: Span): number =>
    calendar ? addWorkingTime(fromMs, span, calendar) : fromMs + plainMs(textOf(span));
  const span = spanOf(detect.due);
  const scope = { event, names: { start }, lets: detect.let };
  const dueMs = span ? add(timeOf(event), span) : instantOf(lookup(scope, detect.due));
  if (dueMs === undefined) return undefined;
  const grace = spanOf(detect.grace) ?? { days: 0, restMs: 0 };
  return { dueMs, limitMs: add(dueMs, grace) };
}

function textOf(span: Span): string {
  return `${span.days}d${span.restMs / 1000}s`;
}
