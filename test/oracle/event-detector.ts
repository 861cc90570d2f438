import { byTimeSourceId, timeOf } from './arrivals';
import { holds } from './condition';
import { decide } from './decide';
import type { Detector } from './detector';
import { keyOf, keyText, valueAt } from './key';
import type { OracleEvent, OracleIncident } from './model';
import { lookup, type Scope } from './scope';
import { plainMs } from './span';
import { isNamed } from './types-named';
import type { World } from './world';

/** Takes an incident down, unless its identity is known: the key, and with `for_each` its `by`. */
type Report = (found: { key: unknown; forKey?: string; atMs: number; scope: Scope }) => void;

/** One event that satisfies `where`; with `for_each` it fans out to what history shows. */
export function eventDetector(world: World): Detector {
  const { detect } = world.rule;
  const incidents: OracleIncident[] = [];

  const report: Report = ({ key, forKey, atMs, scope }) => {
    const customer = scope.event.customerid;
    const same = (one: OracleIncident): boolean =>
      keyText(one.key) === keyText(key) && one.startRef === forKey;
    if (customer === undefined || incidents.some(same)) return;
    const startRef = forKey === undefined ? {} : { startRef: forKey };
    const payments = [decide(world, { scope, customer, atMs })];
    const incident = { key, atMs, customer, refuted: false, closedAtMs: atMs, payments };
    incidents.push({ ...incident, ...startRef });
  };

  const read = (event: OracleEvent): void => {
    if (detect.for_each) return fanOut(world, event, report);
    if (!isTrigger(world, event)) return;
    const scope = { event, names: {}, lets: detect.let };
    report({ key: keyOf(event, detect), atMs: timeOf(event), scope });
  };
  return { read, timers: () => [], incidents: () => incidents };
}

/** An event of the type, with a key, that satisfies `where`. */
function isTrigger(world: World, event: OracleEvent): boolean {
  const { detect } = world.rule;
  const scope = { event, names: { trigger: event }, lets: detect.let };
  return (
    isNamed(detect.event, event) && keyOf(event, detect) !== undefined && holds(detect.where, scope)
  );
}

/** A trigger fans out when it is read, and so does what arrives while it still counts. */
function fanOut(world: World, event: OracleEvent, report: Report): void {
  const { detect } = world.rule;
  const lateMs = plainMs(detect.allow_late ?? '0s');
  const triggers = world.read.filter((trigger) => isTrigger(world, trigger));
  for (const trigger of triggers) {
    if (trigger !== event && world.clockMs > timeOf(trigger) + lateMs) continue;
    const found = foundIn(world, trigger);
    const byOf = (one: OracleEvent): unknown => valueAt(one, detect.for_each.by, detect);
    for (const one of found.sort(byTimeSourceId)) {
      const newest = found.filter((other) => keyText(byOf(other)) === keyText(byOf(one))).at(-1);
      if (one !== newest) continue;
      const scope = { event: one, names: { trigger }, lets: detect.let };
      const forKey = keyText(byOf(one));
      report({ key: keyOf(trigger, detect), forKey, atMs: timeOf(trigger), scope });
    }
  }
}

/** History up to the trigger's own time: so the order of arrival within the lateness is free. */
function foundIn(world: World, trigger: OracleEvent): OracleEvent[] {
  const { detect } = world.rule;
  const { for_each: each } = detect;
  return world.read.filter((event) => {
    const scope = { event, names: { trigger }, lets: detect.let };
    return (
      isNamed(each.event, event) &&
      event.customerid !== undefined &&
      timeOf(event) <= timeOf(trigger) &&
      (each.over === undefined || timeOf(event) > timeOf(trigger) - plainMs(each.over)) &&
      lookup(scope, each.by) !== undefined &&
      holds(each.where, scope)
    );
  });
}
