import { accrueBuilt } from './accrue-units';
import { customerOf, read } from './compiled-common';
import { type AccrueSpec, type DeadlineSpec, EXPECT } from './compiled-deadline';
import type { DeadlineState } from './deadline-state';
import type { DeadlineVersions } from './deadline-versions';
import type { DecisionRequest, IncidentReading } from './effects';
import { emitMiss } from './emit-miss';
import { byTimeAndRef, eventRef, orderKey } from './event-ref';
import { type Case, caseVars, expectOf } from './fold-deadline';
import { formatInstant } from '../values';
import { countMiss } from './repeat';
import type { Miss } from './repeat-state';
import type { SlotContext } from './slot-context';

/** Turns a case into a miss: an incident, or with `repeat` one more towards it. */
export function fireCase(
  state: DeadlineState,
  one: Case,
  versions: DeadlineVersions,
  context: SlotContext,
): void {
  const spec = versions.specOf(one.n);
  if (!spec) return;
  const reading = caseReading(spec, one);
  const value = spec.repeat?.valueOf(reading);
  const miss = missOf(one, spec, reading, context);
  const told = spec.repeat ? countMiss(miss, spec.repeat, context) : miss;
  pin(state, one, spec, value);
  if (!told) return;
  // A late miss may complete a run whose last miss fired before: see accrueUnits.
  const itself =
    told.key === miss.key && state.fired.find((fired) => refOf(fired) === told.occurrence);
  if (itself) {
    itself.counts = true;
    itself.units = 1;
  }
  const toldSpec = versions.specOf(told.version) ?? spec;
  emitMiss(told, firstDecision(told, toldSpec.accrue), toldSpec.byPath, context);
  if (!itself && value !== undefined) accrueBuilt(told, value, versions, context);
}

function firstDecision(miss: Miss, accrue: AccrueSpec | null): DecisionRequest | null {
  if (accrue?.settle === 'end') return null;
  return { unit: accrue ? 1 : 0, units: null, atMs: miss.at };
}

function refOf({ s, d }: { readonly s: string; readonly d: string }): string {
  return eventRef({ source: s, id: d });
}

function missOf(
  one: Case,
  spec: DeadlineSpec,
  reading: IncidentReading,
  context: SlotContext,
): Miss {
  const ref = refOf(one.start);
  return {
    at: one.atMs,
    key: context.slot.key,
    occurrence: ref,
    order: [one.start.t, orderKey(one.start)],
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
  return closedBy ? [...one.refs, refOf(closedBy)] : [...one.refs];
}

function missWhy(one: Case, spec: DeadlineSpec, reading: IncidentReading) {
  if (one.broken) return spec.brokenIf?.explain(reading) ?? [];
  const expected = [...spec.roles]
    .filter(([, role]) => (role & EXPECT) !== 0)
    .map(([type]) => type);
  const value = one.closedMs === null ? null : formatInstant(one.closedMs);
  return [
    { test: `no ${expected.join(' or ')} by ${formatInstant(one.limitMs)}`, value, ok: true },
  ];
}

function pin(
  state: DeadlineState,
  one: Case,
  spec: DeadlineSpec,
  repeat: string | undefined,
): void {
  const { start } = one;
  const expect = expectOf(one, spec);
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
    units: 0,
    settled: false,
    ...(expect ? { expect } : {}),
    ...(repeat === undefined ? {} : { repeat }),
    counts: false,
  });
  state.fired.sort(byTimeAndRef);
}

function caseReading(spec: DeadlineSpec, one: Case): IncidentReading {
  const unit = spec.accrue ? 1 : undefined;
  return read(spec, one.event, caseVars(one, unit, expectOf(one, spec)));
}
