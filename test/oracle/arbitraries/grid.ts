/** The coarse grid all times lie on, so that exact boundaries are hit often. */
export const HOUR_MS = 3_600_000;
const ORIGIN_MS = Date.parse('2026-03-01T00:00:00Z');

/** The instant so many hours after the origin. */
export function instantAtHour(hour: number): number {
  return ORIGIN_MS + hour * HOUR_MS;
}

/** The same as RFC 3339. */
export function textAtHour(hour: number): string {
  return new Date(instantAtHour(hour)).toISOString();
}
