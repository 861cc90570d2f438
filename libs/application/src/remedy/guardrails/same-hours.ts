import { findZone, instantOfWallTime } from '@amends/domain';

/** When an hour ended, so many days before now. */
export interface HourEnd {
  readonly ago: number;
  readonly untilMs: number;
}

const WEEKS = 4;
const DAYS = 6;
const DAY_MS = 86_400_000;

/**
 * The end of the last hour, and when the clock on the wall showed the same one to six days and one to four weeks before:
 * noon is noon, be it summer time or not.
 *
 * @param zone of the IANA database; one that there is not is taken for UTC
 */
export function sameHours(nowMs: number, zone: string): HourEnd[] {
  const agos = [
    ...Array.from({ length: DAYS + 1 }, (_, day) => day),
    ...Array.from({ length: WEEKS }, (_, week) => 7 * (week + 1)),
  ];
  const there = findZone(zone);
  const wallMs = nowMs + (there?.offsetMs(nowMs) ?? 0);
  return agos.map((ago) => {
    const thenMs = wallMs - ago * DAY_MS;
    const isNow = ago === 0 || there === undefined;
    return { ago, untilMs: isNow ? nowMs - ago * DAY_MS : instantOfWallTime(there, thenMs) };
  });
}
