import { IANAZone } from 'luxon';
import { MINUTE_MS } from './duration';

/** Local time of one zone as a function of the instant; no clock is read. */
export interface Zone {
  readonly name: string;
  /** Local time minus UTC at an instant, in milliseconds. */
  readonly offsetMs: (instantMs: number) => number;
}

const FIXED = /^([+-])(\d{2}):(\d{2})$/;
const SEARCH_MS = 36 * 60 * MINUTE_MS;

/**
 * A zone of the IANA database, `UTC`, or a fixed offset like `+08:00`; undefined if there is none.
 */
export function findZone(name: string): Zone | undefined {
  const fixed = FIXED.exec(name);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    const offsetMs = (fixed[1] === '-' ? -minutes : minutes) * MINUTE_MS;
    return { name, offsetMs: () => offsetMs };
  }
  if (!IANAZone.isValidZone(name)) return undefined;
  const zone = IANAZone.create(name);
  return { name, offsetMs: (instantMs) => zone.offset(instantMs) * MINUTE_MS };
}

/**
 * The first instant at which clocks of the zone show this wall time (given as if it were UTC), or,
 * where they jump over it, the instant of the jump.
 */
export function instantOfWallTime(zone: Zone, wallMs: number): number {
  const before = zone.offsetMs(wallMs - SEARCH_MS);
  const after = zone.offsetMs(wallMs + SEARCH_MS);
  const candidates = [wallMs - before, wallMs - after]
    .filter((instantMs) => instantMs + zone.offsetMs(instantMs) === wallMs)
    .sort((a, b) => a - b);
  return (
    candidates[0] ?? findJump(zone, wallMs - before - SEARCH_MS, wallMs - after + SEARCH_MS, wallMs)
  );
}

/** The first instant whose wall time is not before the one wanted. */
function findJump(zone: Zone, fromMs: number, toMs: number, wallMs: number): number {
  let low = fromMs;
  let high = toMs;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (middle + zone.offsetMs(middle) >= wallMs) high = middle;
    else low = middle;
  }
  return high;
}
