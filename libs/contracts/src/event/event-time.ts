import { parseInstant } from '@amends/domain';
import { MAX_AHEAD_MS } from './event-limits';

const YEAR_1970_MS = 0;
/** The end of the year 2200. */
const YEAR_2201_MS = Date.UTC(2201, 0, 1);

export type EventTime =
  | { readonly ok: true; readonly timeMs: number }
  | {
      readonly ok: false;
      readonly code: 'schema_violation' | 'future_time';
      readonly message: string;
    };

/**
 * Reads `time`. `nowMs` null: whatever lies ahead is believed (history, or a clock that follows the
 * events' own time).
 */
export function readEventTime(value: unknown, nowMs: number | null): EventTime {
  const timeMs = typeof value === 'string' ? parseInstant(value) : undefined;
  if (timeMs === undefined) {
    return violation('must be an RFC 3339 date-time with zone, such as 2026-03-01T12:00:00+08:00');
  }
  if (timeMs < YEAR_1970_MS || timeMs >= YEAR_2201_MS) {
    return violation('must lie in the years 1970 to 2200');
  }
  if (nowMs !== null && timeMs > nowMs + MAX_AHEAD_MS) {
    return { ok: false, code: 'future_time', message: 'lies more than 5 minutes in the future' };
  }
  return { ok: true, timeMs };
}

function violation(message: string): EventTime {
  return { ok: false, code: 'schema_violation', message };
}
