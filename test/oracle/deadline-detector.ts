import { refOf, timeOf } from './arrivals';
import { decide } from './decide';
import type { Detector } from './detector';
import { keyOf, keyText } from './key';
import { missCounter } from './miss-counter';
import type { OracleEvent, OracleIncident } from './model';
import type { Breach, Fired, Occurrence } from './occurrence';
import { occurrenceOf, replayDeadline } from './replay-deadline';
import type { Scope } from './scope';
import { plainMs } from './span';
import type { Timer } from './timer';
import { isNamed } from './types-named';
import type { World } from './world';

/** An incident with what it hangs on. */
interface Built {
  incident: OracleIncident;
  start: OracleEvent;
  breach: Breach;
  starts: OracleEvent[];
  units: number;
  settled: boolean;
}

/** Something that should have happened did not. */
export function deadlineDetector(world: World): Detector {
  const { detect, pay } = world.rule;
  const fired = new Map<OracleEvent, Fired>();
  const built: Built[] = [];
  const everyMs = detect.accrue ? plainMs(detect.accrue.every) : 0;
  const maxUnits: number = detect.accrue ? (detect.accrue.max ?? Infinity) : 1;
  const settlesAtEnd = detect.accrue !== undefined && pay.settle === 'end';

  const lifeOf = (key: unknown): Occurrence[] => {
    const text = keyText(key);
    const events = world.read.filter((event) => keyText(keyOf(event, detect) ?? null) === text);
    const ofKey = [...fired].filter(([start]) => keyText(keyOf(start, detect)) === text);
    return replayDeadline(detect, world.options, events, new Map(ofKey));
  };
  const whatBecameOf = (start: OracleEvent): Occurrence | undefined =>
    occurrenceOf(lifeOf(keyOf(start, detect)), start);
  const isRefuted = (start: OracleEvent): boolean => whatBecameOf(start)?.closing?.inTime === true;

  const scopeOf = (start: OracleEvent, breach: Breach, unit?: number): Scope => {
    const closing = whatBecameOf(start)?.closing?.event;
    const names: Record<string, unknown> = { start, moves: breach.moves };
    names['due'] = new Date(breach.dueMs).toISOString();
    if (unit !== undefined) names['unit'] = unit;
    if (closing && isNamed(detect.expect, closing)) names['expect'] = closing;
    return { event: start, names, lets: detect.let };
  };

  const payUnit = (one: Built): void => {
    one.units += 1;
    const atMs = one.breach.atMs + (one.units - 1) * everyMs;
    const scope = scopeOf(one.start, one.breach, detect.accrue ? one.units : undefined);
    const { customer } = one.incident;
    const numbered = detect.accrue ? { unit: one.units } : {};
    one.incident.payments.push(decide(world, { scope, customer, atMs, ...numbered }));
  };

  const settle = (one: Built, atMs: number, units: number): void => {
    one.settled = true;
    const scope = scopeOf(one.start, one.breach, units);
    const { customer } = one.incident;
    one.incident.payments.push(decide(world, { scope, customer, atMs, units }));
  };

  const misses = missCounter<Breach>(detect, (counted) => {
    const last = counted.at(-1);
    if (last?.start.customerid === undefined) return;
    const { start, what: breach } = last;
    const incident: OracleIncident = {
      key: keyOf(start, detect),
      atMs: breach.atMs,
      customer: last.start.customerid,
      refuted: false,
      closedAtMs: null,
      payments: [],
      startRef: refOf(start),
    };
    const starts = counted.map((miss) => miss.start);
    const one: Built = { incident, start, breach, starts, units: 0, settled: false };
    built.push(one);
    if (!settlesAtEnd) payUnit(one);
  });

  const fire = (start: OracleEvent, breach: Breach): void => {
    const opened = lifeOf(keyOf(start, detect)).map((one) => one.start);
    fired.set(start, { ...breach, opened });
    const scope = scopeOf(start, breach);
    const refuted = (): boolean => isRefuted(start);
    misses.add({ scope, atMs: breach.atMs, start, isRefuted: refuted, what: breach });
  };

  const nextUnit = (one: Built): Timer[] => {
    const atMs = one.breach.atMs + one.units * everyMs;
    const closing = whatBecameOf(one.start)?.closing?.event;
    if (one.units >= maxUnits || (closing && timeOf(closing) <= atMs)) return [];
    return [{ atMs, start: one.start, fire: () => payUnit(one) }];
  };

  const settlement = (one: Built): Timer[] => {
    if (one.settled) return [];
    const lastMs = one.breach.atMs + (maxUnits - 1) * everyMs;
    const closing = whatBecameOf(one.start)?.closing?.event;
    const closedMs = closing ? timeOf(closing) : Infinity;
    const endMs = Math.min(lastMs, closedMs);
    if (endMs === Infinity) return [];
    const steps = Math.max(1, Math.ceil((closedMs - one.breach.atMs) / everyMs));
    const units = Math.min(steps, maxUnits);
    return [{ atMs: endMs, start: one.start, fire: () => settle(one, endMs, units) }];
  };

  const breaches = (): Timer[] => {
    const keys = world.read
      .filter((event) => isNamed(detect.start, event))
      .map((event) => keyOf(event, detect))
      .filter((key) => key !== undefined);
    const distinct = [...new Map(keys.map((key) => [keyText(key), key])).values()];
    return distinct.flatMap(lifeOf).flatMap(({ start, breach }) => {
      if (!breach || fired.has(start)) return [];
      return [{ atMs: breach.knownMs, start, fire: () => fire(start, breach) }];
    });
  };

  const timers = (): Timer[] => [
    ...breaches(),
    ...built
      .filter((one) => detect.accrue && !one.starts.some(isRefuted))
      .flatMap((one) => (settlesAtEnd ? settlement(one) : nextUnit(one))),
  ];

  /** Semantics 13: what waits for a person is withdrawn, what is paid stays paid. */
  const read = (): void => {
    for (const one of built.filter(({ starts }) => starts.some(isRefuted))) {
      for (const entry of world.ledger) {
        const ofIncident = one.incident.payments.includes(entry.payment);
        if (ofIncident && entry.payment.outcome === 'review') entry.counts = false;
      }
    }
  };

  const incidents = (): OracleIncident[] =>
    built.map((one) => {
      const closing = whatBecameOf(one.start)?.closing?.event;
      const closedAtMs = closing ? timeOf(closing) : null;
      return { ...one.incident, refuted: one.starts.some(isRefuted), closedAtMs };
    });
  return { read, timers, incidents };
}
