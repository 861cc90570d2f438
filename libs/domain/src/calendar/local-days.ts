import { DAY_MS } from '../values/duration';
import { type Zone, instantOfWallTime } from '../values/zone';

/** Number of the local day (days since 1970-01-01) that an instant falls on. */
export function localDayOf(zone: Zone, instantMs: number): number {
  return Math.floor((instantMs + zone.offsetMs(instantMs)) / DAY_MS);
}

/**
 * The instant at which a local day reaches a time of day (0 = its first instant, 24 h = the next
 * day's).
 */
export function instantOnDay(zone: Zone, day: number, timeOfDayMs: number): number {
  return instantOfWallTime(zone, day * DAY_MS + timeOfDayMs);
}

/** ISO weekday of a day number: 1 = Monday … 7 = Sunday. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday.
  return ((((day + 3) % 7) + 7) % 7) + 1;
}
