import { customerOf, read } from './compiled-common';
import { type AccrueSpec, type DeadlineSpec, EXPECT } from './compiled-deadline';
import type { DeadlineState } from './deadline-state';
import type { DeadlineVersions } from './deadline-versions';
import type { DecisionRequest, IncidentReading } from './effects';
import { emitMiss } from './emit-miss';
import { byTimeAndRef, eventRef } from './event-ref';
import { type Case, caseVars } from './fold-deadline';
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
  const own = told?.occurrence === miss.occurrence && told.key === miss.key;
  pin(state, one, own, value);
  if (told) emitMiss(told, firstDecision(told, own ? spec.accrue : null), spec.byPath, context);
}

function firstDecision(miss: Miss, accrue: AccrueSpec | null): DecisionRequest | null {
  if (accrue?.settle === 'end') return null;
  return { unit: accrue ? 1 : 0, units: null, atMs: miss.at };
}

function missOf(
  one: Case,
  spec: DeadlineSpec,
  reading: IncidentReading,
  context: SlotContext,
): Miss {
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
  const expected = [...spec.roles]
    .filter(([, role]) => (role & EXPECT) !== 0)
    .map(([type]) => type);
  const value = one.closedMs === null ? null : formatInstant(one.closedMs);
  return [
    { test: `no ${expected.join(' or ')} by ${formatInstant(one.limitMs)}`, value, ok: true },
  ];
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

function caseReading(spec: DeadlineSpec, one: Case): IncidentReading {
  const unit = spec.accrue ? 1 : undefined;
  return read(spec, one.event, caseVars(one, unit, one.closedBy?.e));
}
