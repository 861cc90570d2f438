import { byTimeSourceId, refOf, timeOf } from './arrivals';
import { holds, testValue } from './condition';
import { decide } from './decide';
import type { Looker } from './in-order-detector';
import { keyOf, keyText } from './key';
import { countsFor, measure } from './measure';
import type { OracleEvent, OracleIncident } from './model';
import type { Scope } from './scope';
import { plainMs } from './span';
import { isNamed } from './types-named';
import type { World } from './world';

/** A measure over the sliding span (t − over, t], for every t that a window can end at. */
export function windowDetector(world: World): Looker {
  const { detect } = world.rule;
  const incidents: OracleIncident[] = [];
  const used: OracleEvent[] = [];

  const counts = (event: OracleEvent): boolean => {
    const scope = { event, names: {}, lets: detect.let };
    return (
      isNamed(detect.event, event) &&
      keyOf(event, detect) !== undefined &&
      holds(detect.where, scope) &&
      countsFor(detect.measure, scope)
    );
  };

  /** Whether the window is an incident, which then uses up its events. */
  const reports = (events: OracleEvent[], end: OracleEvent): boolean => {
    if (events.length < (detect.min_events ?? 1) || end.customerid === undefined) return false;
    const scopes = events.map((event) => ({ event, names: {}, lets: detect.let }));
    const value = measure(detect.measure, scopes);
    const scope: Scope = { event: end, names: { value }, lets: detect.let };
    if (value === undefined || testValue(value, detect.is, scope) !== true) return false;
    used.push(...events);
    incidents.push({
      key: keyOf(end, detect),
      atMs: timeOf(end),
      customer: end.customerid,
      refuted: false,
      closedAtMs: timeOf(end),
      payments: [decide(world, { scope, customer: end.customerid, atMs: timeOf(end) })],
      startRef: refOf(end),
    });
    return true;
  };

  const look = (looked: OracleEvent[]): void => {
    const event = looked.at(-1);
    if (!event || !counts(event)) return;
    const key = keyText(keyOf(event, detect));
    const free = looked
      .filter((other) => counts(other) && keyText(keyOf(other, detect)) === key)
      .filter((other) => !used.includes(other))
      .sort(byTimeSourceId);
    for (const endMs of [...new Set(free.map(timeOf))]) {
      const inside = free.filter(
        (other) => timeOf(other) > endMs - plainMs(detect.over) && timeOf(other) <= endMs,
      );
      const newest = inside.at(-1);
      if (inside.includes(event) && newest && reports(inside, newest)) return;
    }
  };
  return { look, incidents: () => incidents };
}
