import { byTimeSourceId, timeOf } from './arrivals';
import type { OracleEvent, RawRule } from './model';
import { isNamed } from './types-named';

/** One thing that an event does. */
export interface Act {
  event: OracleEvent;
  role: string;
  rank: number;
}

const roles = ['start', 'extend', 'expect', 'cancel'];

/**
 * Equal times: start, extend, expect, cancel, then (source, id). An event that both closes and
 * starts opens after all closing of its instant.
 */
export function actsInOrder(detect: RawRule, events: OracleEvent[]): Act[] {
  return events
    .flatMap((event) =>
      roles
        .filter((role) => isNamed(detect[role], event))
        .map((role): Act => ({ event, role, rank: rankOf(detect, event, role) })),
    )
    .sort(byTimeRankSourceId);
}

/** Whether one start stands before another in that order. */
export function isOlderStart(detect: RawRule, one: OracleEvent, other: OracleEvent): boolean {
  const [a, b] = [one, other].map((event) => ({
    event,
    role: 'start',
    rank: rankOf(detect, event, 'start'),
  }));
  return a !== undefined && b !== undefined && byTimeRankSourceId(a, b) < 0;
}

function rankOf(detect: RawRule, event: OracleEvent, role: string): number {
  const closes = isNamed(detect.expect, event) || isNamed(detect.cancel, event);
  return role === 'start' && closes ? roles.length : roles.indexOf(role);
}

function byTimeRankSourceId(a: Act, b: Act): number {
  return timeOf(a.event) - timeOf(b.event) || a.rank - b.rank || byTimeSourceId(a.event, b.event);
}
