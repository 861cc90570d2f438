import { actsInOrder, isOlderStart } from './acts';
import { refOf, timeOf } from './arrivals';
import { holds } from './condition';
import { dueFrom } from './due';
import type { OracleEvent, OracleOptions, RawRule } from './model';
import type { Breach, Fired, Occurrence } from './occurrence';
import { isNamed } from './types-named';

/**
 * The life of one key, told anew from all its events in event-time order. What has already fired
 * is given and cannot be undone: it can only be closed, or refuted.
 */
export function replayDeadline(
  detect: RawRule,
  options: OracleOptions,
  events: OracleEvent[],
  fired: Map<OracleEvent, Fired>,
): Occurrence[] {
  const occurrences: Occurrence[] = [];
  const open = (): Occurrence | undefined => occurrences.filter((one) => !one.closing).at(-1);

  for (const { event, role } of actsInOrder(detect, events)) {
    const current = open();
    if (current && isOverdue(current, event)) current.breach = overdue(current);
    if (role === 'start') {
      const opened = opening(detect, options, event, fired);
      if (current && fired.has(event)) occurrences.pop();
      if (opened && (!current || fired.has(event))) occurrences.push(opened);
    } else if (current && role === 'extend') {
      if (current.start !== event) extend(detect, options, current, event);
    } else if (current) {
      current.closing = { event, inTime: isInTime(current, event) };
    }
  }
  const last = open();
  if (last) last.breach ??= overdue(last);
  return occurrences;
}

function isOverdue(current: Occurrence, event: OracleEvent): boolean {
  return !current.breach && timeOf(event) > current.limitMs;
}

function isInTime(current: Occurrence, event: OracleEvent): boolean {
  if (!current.breach) return true;
  return current.breach.byMove
    ? timeOf(event) < current.breach.atMs
    : timeOf(event) <= current.breach.limitMs;
}

/** The deadline is computed anew, while it runs and if it can be read. */
function extend(
  detect: RawRule,
  options: OracleOptions,
  current: Occurrence,
  event: OracleEvent,
): void {
  const moved = current.breach ? undefined : dueFrom(detect, options, event, current.start);
  if (!moved) return;
  Object.assign(current, moved);
  current.moves += 1;
  current.movedMs = timeOf(event);
  const names = { start: current.start, due: iso(current.dueMs), moves: current.moves };
  const scope = { event: current.start, names, lets: detect.let };
  if (detect.broken_if !== undefined && holds(detect.broken_if, scope)) {
    current.breach = {
      ...overdue(current),
      atMs: timeOf(event),
      knownMs: timeOf(event),
      byMove: true,
    };
  }
}

/** A start opens with its key, its customer, `where` and a due that can be read. */
function opening(
  detect: RawRule,
  options: OracleOptions,
  start: OracleEvent,
  fired: Map<OracleEvent, Fired>,
): Occurrence | undefined {
  if (!isNamed(detect.start, start) || start.customerid === undefined) return undefined;
  const due = dueFrom(detect, options, start, start);
  if (!due) return undefined;
  const breach = fired.get(start);
  if (breach) return { start, ...due, dueMs: breach.dueMs, moves: breach.moves, breach };
  /* "Nor does a start older than one of its key that has already fired." */
  const isTooOld = [...fired].some(
    ([other, { opened }]) => isOlderStart(detect, start, other) && !opened.includes(start),
  );
  if (isTooOld) return undefined;
  const names = { start, due: iso(due.dueMs), moves: 0 };
  if (!holds(detect.where, { event: start, names, lets: detect.let })) return undefined;
  return { start, ...due, moves: 0 };
}

/** "Due + grace before the start: the incident's time is the start's." */
function overdue({ start, dueMs, limitMs, moves, movedMs }: Occurrence): Breach {
  const atMs = Math.max(limitMs, timeOf(start));
  const knownMs = Math.max(atMs, movedMs ?? atMs);
  return { atMs, knownMs, limitMs, byMove: false, dueMs, moves };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

/** The occurrence of a start, if it opened one. */
export function occurrenceOf(list: Occurrence[], start: OracleEvent): Occurrence | undefined {
  return list.find((one) => refOf(one.start) === refOf(start));
}
