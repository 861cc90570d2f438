import { byTimeSourceId } from './arrivals';
import type { OracleEvent } from './model';

/** What has an instant, and a start that tells it from others of that instant. */
export interface Due {
  atMs: number;
  start: OracleEvent;
}

/** Something that happens when the clock has passed an instant and the lateness. */
export interface Timer extends Due {
  fire: () => void;
}

/** Due order; "incidents of one instant go by (start time, source, id)". */
export function byDueOrder(a: Due, b: Due): number {
  return a.atMs - b.atMs || byTimeSourceId(a.start, b.start);
}
