import type { JsonObject } from '../json';
import { formatInstant } from '../values';
import { judge, read } from './compiled-common';
import type { DeadlineItem, DeadlineState, FiredCase } from './deadline-state';
import { CANCEL, type DeadlineSpec, EXPECT, EXTEND, START } from './compiled-deadline';
import { eventRef } from './event-ref';
import { sortShort } from './sort-short';

/** One promise as all that was read tells it: opened, moved, kept, broken. */
export interface Case {
  readonly n: number;
  readonly start: DeadlineItem | FiredCase;
  readonly event: JsonObject;
  dueMs: number;
  limitMs: number;
  /** When it is, or would be, broken: the incident's time. */
  atMs: number;
  moves: number;
  /** Event time of the last move: until that has been read with its lateness, nothing is certain. */
  movedMs: number;
  broken: boolean;
  closedMs: number | null;
  closedBy: DeadlineItem | null;
  kept: boolean;
  readonly fired: FiredCase | null;
  /** source|id of its start and of what moved it. */
  readonly refs: string[];
}

interface Action {
  readonly t: number;
  /** Who goes first at one instant (RULES.md, Edges: equal times): the roles are numbered in that order. */
  readonly turn: number;
  /** START, EXTEND, EXPECT or CANCEL. */
  readonly role: number;
  readonly s: string;
  readonly d: string;
  readonly item: DeadlineItem | null;
  readonly fired: FiredCase | null;
}

const LAST_TURN = CANCEL + 1;
const CLOSING_ROLES = [EXTEND, EXPECT, CANCEL] as const;

/** Stands for the event of a case that was kept for good: nothing reads it any more. */
const FORGOTTEN: JsonObject = {};

/** The versions a key's cases may have opened under. */
export interface DeadlineBook {
  readonly specOf: (version: number) => DeadlineSpec | undefined;
  /** The roles of an event type in any of the versions. */
  readonly rolesOf: (type: string) => number;
}

type SpecOf = DeadlineBook['specOf'];

/**
 * Tells a key's story anew, in event-time order, from all that is known of it. Since arrival order does not
 * enter, neither do disorder within the lateness, duplicates or batches (RULES.md, semantics 3). Only what has
 * fired is pinned.
 */
export function foldDeadline(state: DeadlineState, book: DeadlineBook): Case[] {
  const { specOf } = book;
  const cases: Case[] = [];
  let lastFired = -Infinity;
  for (const fired of state.fired) lastFired = Math.max(lastFired, fired.t);
  let current: Case | null = null;
  for (const action of actionsOf(state, book)) {
    if (current && isOver(current, action)) current = null;
    const { item, fired, t } = action;
    if (fired) {
      // What opened at the same instant, in its turn before, arrived after it had fired: it changes nothing.
      if (current && !current.fired) cases.splice(cases.indexOf(current), 1);
      current = pinned(fired);
      cases.push(current);
    } else if (item && action.role === START) {
      if (current || t < lastFired || (t === lastFired && action.turn === START)) continue;
      current = open(item, specOf);
      if (current) cases.push(current);
    } else if (item && current) {
      current = applyTo(current, action, item, specOf);
    }
  }
  return cases;
}

/** A miss stays in the story until its closing; an event that closes may then open anew. */
function isOver({ fired, closedMs }: Case, { t, turn }: Action): boolean {
  if (!fired || closedMs === null) return false;
  return t > closedMs || (t === closedMs && turn === LAST_TURN);
}

function actionsOf(state: DeadlineState, { specOf, rolesOf }: DeadlineBook): Action[] {
  const actions: Action[] = [];
  for (const fired of state.fired) {
    const { t, s, d } = fired;
    const turn = startTurn(fired.y, specOf(fired.n));
    actions.push({ t, turn, role: START, s, d, item: null, fired });
  }
  for (const item of state.items) {
    const roles = rolesOf(item.y);
    for (const role of CLOSING_ROLES) {
      if ((roles & role) !== 0) actions.push(actionOf(item, role, role));
    }
    if (item.n !== undefined) {
      actions.push(actionOf(item, START, startTurn(item.y, specOf(item.n))));
    }
  }
  return sortShort(actions, byTurn);
}

function actionOf(item: DeadlineItem, role: number, turn: number): Action {
  return { t: item.t, turn, role, s: item.s, d: item.d, item, fired: null };
}

function byTurn(a: Action, b: Action): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.turn !== b.turn) return a.turn - b.turn;
  if (a.s !== b.s) return a.s < b.s ? -1 : 1;
  if (a.d !== b.d) return a.d < b.d ? -1 : 1;
  return 0;
}

/** An event that is both expect and start closes in its turn, then opens: after all others of that instant. */
function startTurn(type: string, spec: DeadlineSpec | undefined): number {
  const closes = ((spec?.roles.get(type) ?? 0) & (EXPECT | CANCEL)) !== 0;
  return closes ? LAST_TURN : START;
}

function pinned(fired: FiredCase): Case {
  return {
    n: fired.n,
    start: fired,
    event: fired.e,
    dueMs: fired.due,
    limitMs: fired.limit,
    atMs: fired.at,
    moves: fired.moves,
    movedMs: fired.t,
    broken: false,
    closedMs: fired.closed,
    closedBy: null,
    kept: fired.refuted,
    fired,
    refs: [],
  };
}

function open(item: DeadlineItem, specOf: SpecOf): Case | null {
  const spec = specOf(item.n ?? -1);
  const dueMs = item.u ?? (item.e && spec?.dueMs(item.e, item.t));
  if (!spec || dueMs === undefined) return null;
  const limitMs = spec.withGrace(dueMs);
  return {
    n: item.n ?? -1,
    start: item,
    event: item.e ?? FORGOTTEN,
    dueMs,
    limitMs,
    atMs: Math.max(limitMs, item.t),
    moves: 0,
    movedMs: item.t,
    broken: false,
    closedMs: null,
    closedBy: null,
    kept: false,
    fired: null,
    refs: [eventRef({ source: item.s, id: item.d })],
  };
}

/** Plays one event on the open case; answers the case that is open afterwards. */
function applyTo(current: Case, action: Action, item: DeadlineItem, specOf: SpecOf): Case | null {
  const spec = specOf(current.n);
  const roles = spec?.roles.get(item.y) ?? 0;
  const itself = item.s === current.start.s && item.d === current.start.d;
  if (!spec || itself || item.t < current.start.t) return current;
  if (action.role === EXTEND) {
    if ((roles & EXTEND) !== 0) extend(current, item, spec);
    return current;
  }
  if ((roles & action.role) === 0) return current;
  close(current, item);
  return current.fired ? current : null;
}

function extend(current: Case, item: DeadlineItem, spec: DeadlineSpec): void {
  if (current.fired || current.broken || item.t > current.limitMs || !item.e) return;
  const dueMs = spec.dueMs(item.e, item.t, current.event);
  if (dueMs === undefined) return;
  current.dueMs = dueMs;
  current.moves += 1;
  current.movedMs = item.t;
  current.limitMs = spec.withGrace(dueMs);
  current.atMs = Math.max(current.limitMs, current.start.t);
  current.refs.push(eventRef({ source: item.s, id: item.d }));
  if (!spec.brokenIf) return;
  const reading = read(spec, current.event, caseVars(current));
  if (judge(reading, spec.brokenIf).verdict !== 'true') return;
  current.broken = true;
  current.atMs = item.t;
  current.limitMs = item.t - 1;
}

function close(current: Case, item: DeadlineItem): void {
  if (current.closedMs !== null && current.closedMs < item.t) return;
  if (current.closedMs === item.t && current.closedBy) return;
  current.closedMs = item.t;
  current.closedBy = item;
  current.kept = item.t <= current.limitMs;
}

/** The expect that closed it; undefined while it is open, or where something else closed it. */
export function expectOf({ closedBy }: Case, spec: DeadlineSpec): JsonObject | undefined {
  const isExpect = closedBy && ((spec.roles.get(closedBy.y) ?? 0) & EXPECT) !== 0;
  return isExpect ? closedBy.e : undefined;
}

/** The names a deadline gives to facts, conditions, amount and message. */
export function caseVars(of: Case, unit?: number, expect?: JsonObject): JsonObject {
  return {
    start: of.event,
    due: formatInstant(of.dueMs),
    moves: of.moves,
    ...(unit === undefined ? {} : { unit }),
    ...(expect ? { expect } : {}),
  };
}
