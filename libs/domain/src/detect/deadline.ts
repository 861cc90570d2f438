import type { DomainEvent } from '../event';
import { formatInstant } from '../values';
import { settleAtMs, unitAtMs, unitsOwed } from './accrual';
import { customerOf, judge, read } from './common-spec';
import type { DeadlineItem, DeadlineState, FiredCase } from './deadline-state';
import { type AccrueSpec, type DeadlineSpec, EXPECT, EXTEND, START } from './deadline-spec';
import type { IncidentIdentity, IncidentReading } from './effects';
import { byTimeAndRef, eventRef } from './event-ref';
import { type Case, caseVars, type DeadlineBook, foldDeadline } from './fold-deadline';
import { addMiss, refuteMiss } from './repeat';
import type { Miss } from './repeat-state';
import { LONG_AFTER_MS, RETENTION_MS, type SlotContext, type SlotPlan } from './slot-context';

/** `current`: the version that takes new starts; null where nothing new opens. */
export interface DeadlineVersions extends DeadlineBook {
  readonly current: { readonly version: number; readonly spec: DeadlineSpec } | null;
}

/** Takes one event of the key in. Nothing fires here: that is the clock's doing. */
export function deadlineOnEvent(
  state: DeadlineState,
  event: DomainEvent,
  versions: DeadlineVersions,
  context: SlotContext,
): SlotPlan {
  const item = asItem(state, event, versions, context);
  if (item) {
    state.items.push(item);
    state.items.sort(byTimeAndRef);
  }
  const cases = foldDeadline(state, versions);
  syncClosings(cases, versions, context);
  return plan(state, cases, versions, context);
}

/** Fires everything of the key that is due at the context's clock. */
export function deadlineFire(
  state: DeadlineState,
  versions: DeadlineVersions,
  context: SlotContext,
): SlotPlan {
  let cases = foldDeadline(state, versions);
  const due = cases
    .filter((one) => isPending(one) && firesAtMs(one, versions, context) <= context.clockMs)
    .sort((a, b) => a.atMs - b.atMs);
  for (const one of due) fireCase(state, one, versions, context);
  if (due.length > 0) {
    cases = foldDeadline(state, versions);
    syncClosings(cases, versions, context);
  }
  for (const fired of state.fired) accrueUnits(fired, versions, context);
  return plan(state, cases, versions, context);
}

function asItem(
  state: DeadlineState,
  event: DomainEvent,
  versions: DeadlineVersions,
  context: SlotContext,
): DeadlineItem | undefined {
  const same = (one: { s: string; d: string }) => one.s === event.source && one.d === event.id;
  if (state.items.some(same) || state.fired.some(same)) return undefined;
  const roles = versions.rolesOf(event.type);
  const opens = startVersion(state, event, versions, context);
  const others = roles & ~START;
  if (opens === undefined && others === 0) return undefined;
  const keepsExpect = versions.current?.spec.keepsExpect ?? true;
  const keeps = opens !== undefined || (roles & EXTEND) !== 0 || ((roles & EXPECT) !== 0 && keepsExpect);
  return {
    t: event.timeMs,
    s: event.source,
    d: event.id,
    y: event.type,
    ...(opens === undefined ? {} : { n: opens }),
    ...(context.clockMs - event.timeMs > LONG_AFTER_MS ? { a: context.clockMs } : {}),
    ...(keeps ? { e: event.json } : {}),
  };
}

/** The version that takes this event as a start, if its `where` holds and it says who and until when. */
function startVersion(
  state: DeadlineState,
  event: DomainEvent,
  { current }: DeadlineVersions,
  context: SlotContext,
): number | undefined {
  if (!current || ((current.spec.roles.get(event.type) ?? 0) & START) === 0) return undefined;
  if (state.fired.some((fired) => fired.t > event.timeMs)) return undefined;
  const { spec } = current;
  const dueMs = spec.dueMs(event.json, event.timeMs);
  const vars = { start: event.json, moves: 0, ...(dueMs === undefined ? {} : { due: formatInstant(dueMs) }) };
  const judged = judge(read(spec, event.json, vars), spec.where);
  const undecided = (path: string) => {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
  };
  if (judged.verdict === 'undecidable') judged.undecided.forEach(undecided);
  if (judged.verdict !== 'true') return undefined;
  if (dueMs === undefined) undecided('due');
  else if (customerOf(event) === undefined) undecided('customerid');
  else return current.version;
  return undefined;
}

/** A miss by all that is known, not yet told. */
function isPending(one: Case): boolean {
  return one.fired === null && !one.kept;
}

function firesAtMs(one: Case, versions: DeadlineVersions, context: SlotContext): number {
  return one.atMs + latenessMs(one.n, versions, context);
}

function latenessMs(version: number, versions: DeadlineVersions, context: SlotContext): number {
  return context.latenessMs(versions.specOf(version)?.allowLateMs ?? null);
}

function fireCase(
  state: DeadlineState,
  one: Case,
  versions: DeadlineVersions,
  context: SlotContext,
): void {
  const spec = versions.specOf(one.n);
  if (!spec) return;
  const reading = caseReading(spec, one);
  const value = spec.repeat?.valueOf(reading);
  if (spec.repeat && value === undefined) {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path: spec.repeat.path });
  }
  const miss = missOf(one, spec, reading, context);
  const told =
    spec.repeat && value !== undefined
      ? addMiss(context.repeatState(value), miss, spec.repeat)
      : spec.repeat
        ? undefined
        : miss;
  const own = told?.occurrence === miss.occurrence && told.key === miss.key;
  pin(state, one, own, value);
  if (told) emitFound(told, own ? spec.accrue : null, spec, context);
}

function missOf(one: Case, spec: DeadlineSpec, reading: IncidentReading, context: SlotContext): Miss {
  const ref = eventRef({ source: one.start.s, id: one.start.d });
  return {
    at: one.atMs,
    key: context.slot.key,
    occurrence: ref,
    order: [one.start.t, ref],
    customerId: customerOf(one.event) ?? '',
    version: one.n,
    reading,
    evidence: closedByRef(one),
    why: [...(spec.where?.explain(reading) ?? []), ...missWhy(one, spec, reading)],
    closed: one.closedMs,
  };
}

function closedByRef(one: Case): string[] {
  const { closedBy } = one;
  return closedBy ? [...one.refs, eventRef({ source: closedBy.s, id: closedBy.d })] : [...one.refs];
}

function missWhy(one: Case, spec: DeadlineSpec, reading: IncidentReading) {
  if (one.broken) return spec.brokenIf?.explain(reading) ?? [];
  const expected = [...spec.roles].filter(([, role]) => (role & EXPECT) !== 0).map(([type]) => type);
  const value = one.closedMs === null ? null : formatInstant(one.closedMs);
  return [{ test: `no ${expected.join(' or ')} by ${formatInstant(one.limitMs)}`, value, ok: true }];
}

function emitFound(
  miss: Miss,
  accrue: AccrueSpec | null,
  spec: DeadlineSpec,
  context: SlotContext,
): void {
  const unit = accrue ? 1 : 0;
  context.emit({
    kind: 'found',
    identity: identityOf(miss, context),
    ruleNo: context.slot.ruleNo,
    ruleVersion: miss.version,
    keyPath: spec.byPath,
    customerId: miss.customerId,
    clockMs: context.clockMs,
    closedAtMs: miss.closed,
    reading: miss.reading,
    evidence: miss.evidence,
    why: miss.why,
    decide: accrue?.settle === 'end' ? null : { unit, units: null, atMs: miss.at },
    order: miss.order,
  });
}

function identityOf(
  of: { readonly key: string; readonly occurrence: string; readonly at: number },
  { ruleId, slot }: SlotContext,
): IncidentIdentity {
  return { ruleId, lane: slot.lane, key: of.key, occurrence: of.occurrence, atMs: of.at };
}

function pin(state: DeadlineState, one: Case, counts: boolean, repeat: string | undefined): void {
  const { start } = one;
  state.items = state.items.filter((item) => item.s !== start.s || item.d !== start.d);
  state.fired.push({
    t: start.t,
    s: start.s,
    d: start.d,
    y: start.y,
    n: one.n,
    e: one.event,
    due: one.dueMs,
    limit: one.limitMs,
    at: one.atMs,
    moves: one.moves,
    closed: one.closedMs,
    refuted: false,
    units: counts ? 1 : 0,
    settled: false,
    ...(one.closedBy?.e ? { expect: one.closedBy.e } : {}),
    ...(repeat === undefined ? {} : { repeat }),
    counts,
  });
  state.fired.sort(byTimeAndRef);
}

/** Tells of misses that have been closed, or shown to have been kept after all, since they fired. */
function syncClosings(cases: readonly Case[], versions: DeadlineVersions, context: SlotContext): void {
  for (const one of cases) {
    const { fired, closedMs } = one;
    if (!fired || closedMs === null || fired.refuted) continue;
    if (fired.closed === closedMs && !one.kept) continue;
    fired.closed = closedMs;
    fired.refuted = one.kept;
    if (one.closedBy?.e) fired.expect = one.closedBy.e;
    const spec = versions.specOf(fired.n);
    if (!spec) continue;
    if (one.kept) emitRefuted(fired, closedMs, context);
    else {
      const reading = firedReading(spec, fired);
      context.emit({ kind: 'closed', identity: firedIdentity(fired, context), closedAtMs: closedMs, reading });
    }
  }
}

function emitRefuted(fired: FiredCase, closedAtMs: number, context: SlotContext): void {
  let identity = firedIdentity(fired, context);
  if (fired.repeat !== undefined) {
    const { key, occurrence } = identity;
    const built = refuteMiss(context.repeatState(fired.repeat), { key, occurrence });
    if (!built) return;
    identity = identityOf(built, context);
  }
  context.emit({ kind: 'refuted', identity, clockMs: context.clockMs, closedAtMs });
}

function firedIdentity(fired: FiredCase, context: SlotContext): IncidentIdentity {
  const occurrence = eventRef({ source: fired.s, id: fired.d });
  return identityOf({ key: context.slot.key, occurrence, at: fired.at }, context);
}

function accrueUnits(fired: FiredCase, versions: DeadlineVersions, context: SlotContext): void {
  const spec = versions.specOf(fired.n);
  if (!spec?.accrue || !fired.counts || fired.refuted) return;
  const { accrue } = spec;
  const readUpToMs = context.clockMs - latenessMs(fired.n, versions, context);
  if (accrue.settle === 'end') {
    const atMs = settleAtMs(fired, accrue);
    if (fired.settled || atMs > readUpToMs) return;
    fired.settled = true;
    const units = unitsOwed(fired, accrue);
    emitUnit(fired, spec, { unit: 0, units, atMs }, units, context);
    return;
  }
  while (fired.units < unitsOwed(fired, accrue)) {
    const atMs = unitAtMs(fired, accrue, fired.units + 1);
    if (atMs > readUpToMs) return;
    fired.units += 1;
    emitUnit(fired, spec, { unit: fired.units, units: null, atMs }, fired.units, context);
  }
}

function emitUnit(
  fired: FiredCase,
  spec: DeadlineSpec,
  decide: { unit: number; units: number | null; atMs: number },
  unit: number,
  context: SlotContext,
): void {
  const identity = firedIdentity(fired, context);
  context.emit({
    kind: 'unit',
    identity,
    clockMs: context.clockMs,
    reading: firedReading(spec, fired, unit),
    decide,
    order: [fired.t, identity.occurrence],
  });
}

function caseReading(spec: DeadlineSpec, one: Case): IncidentReading {
  const unit = spec.accrue ? 1 : undefined;
  return read(spec, one.event, caseVars(one, unit, one.closedBy?.e));
}

function firedReading(spec: DeadlineSpec, fired: FiredCase, unit?: number): IncidentReading {
  const n = unit ?? (spec.accrue ? Math.max(1, fired.units) : undefined);
  const vars = {
    start: fired.e,
    due: formatInstant(fired.due),
    moves: fired.moves,
    ...(n === undefined ? {} : { unit: n }),
    ...(fired.expect ? { expect: fired.expect } : {}),
  };
  return read(spec, fired.e, vars);
}

/** Forgets what can no longer matter, and says when to come back. */
function plan(
  state: DeadlineState,
  cases: readonly Case[],
  versions: DeadlineVersions,
  context: SlotContext,
): SlotPlan {
  const fireAt: number[] = [];
  for (const one of cases) if (isPending(one)) fireAt.push(firesAtMs(one, versions, context));
  for (const fired of state.fired) {
    const next = nextUnitMs(fired, versions);
    if (next !== null) fireAt.push(next + latenessMs(fired.n, versions, context));
  }
  const retentionMs = Math.max(
    RETENTION_MS,
    context.latenessMs(versions.current?.spec.allowLateMs ?? null),
  );
  prune(state, cases, context.clockMs - retentionMs);
  const open = fireAt.length > 0 || state.fired.some((fired) => fired.closed === null);
  return {
    fireAtMs: fireAt.length > 0 ? Math.min(...fireAt) : null,
    sweepAfterMs: open ? null : lastTimeMs(state) + retentionMs,
  };
}

function nextUnitMs(fired: FiredCase, versions: DeadlineVersions): number | null {
  const accrue = versions.specOf(fired.n)?.accrue;
  if (!accrue || !fired.counts || fired.refuted) return null;
  if (accrue.settle === 'end') return fired.settled ? null : settleAtMs(fired, accrue);
  return fired.units < unitsOwed(fired, accrue) ? unitAtMs(fired, accrue, fired.units + 1) : null;
}

function lastTimeMs({ items, fired }: DeadlineState): number {
  const times = [...items.map((item) => item.a ?? item.t), ...fired.map((one) => one.closed ?? one.t)];
  return times.length > 0 ? Math.max(...times) : 0;
}

function prune(state: DeadlineState, cases: readonly Case[], beforeMs: number): void {
  const pending = cases.filter(isPending);
  const isNeeded = (item: DeadlineItem) =>
    (item.a ?? item.t) >= beforeMs ||
    pending.some(
      (one) =>
        (one.start.s === item.s && one.start.d === item.d) ||
        (item.e !== undefined && item.n === undefined && item.t >= one.start.t),
    );
  if (state.items.some((item) => !isNeeded(item))) state.items = state.items.filter(isNeeded);
  const isLive = (fired: FiredCase) =>
    fired.closed === null || fired.closed >= beforeMs || (!fired.settled && fired.units === 0);
  if (state.fired.some((fired) => !isLive(fired))) state.fired = state.fired.filter(isLive);
}
