import type { Calendar } from '../calendar';
import type { CompiledConditions } from '../conditions';
import type { JsonObject } from '../json';
import type { DetectDeadline, RuleDocument } from '../rule-document';
import { compilePath, parseDuration, parseInstant } from '../values';
import { type CommonSpec, compileCommon, compileOwn, read } from './compiled-common';
import { compileRepeat, type RepeatSpec } from './compiled-repeat';
import { typesOf } from './types-of';

export const START = 1;
export const EXTEND = 2;
export const EXPECT = 4;
export const CANCEL = 8;

export interface DeadlineSpec extends CommonSpec {
  readonly type: 'deadline';
  /** Which of START, EXTEND, EXPECT, CANCEL an event type is. */
  readonly roles: ReadonlyMap<string, number>;
  /** @param start the case's start where another event moves it; else the event is the start */
  readonly dueMs: (event: JsonObject, timeMs: number, start?: JsonObject) => number | undefined;
  readonly withGrace: (dueMs: number) => number;
  readonly brokenIf: CompiledConditions | null;
  readonly accrue: AccrueSpec | null;
  readonly repeat: RepeatSpec | null;
  readonly keepsExpect: boolean;
  /** Whether events of the rule move a due (`extend`). */
  readonly canMove: boolean;
}

export interface AccrueSpec {
  readonly everyMs: number;
  readonly max: number;
  readonly settle: 'each' | 'end';
}

export function compileDeadline(
  document: RuleDocument & { readonly detect: DetectDeadline },
  calendar: Calendar | null,
): DeadlineSpec {
  const { detect } = document;
  const common = compileCommon(document, known);
  return {
    ...common,
    type: 'deadline',
    roles: rolesOf(detect),
    dueMs: compileDue(detect.due, common, calendar),
    withGrace: compileGrace(detect.grace, calendar),
    brokenIf: detect.broken_if ? compileOwn(common, detect.broken_if) : null,
    accrue: detect.accrue
      ? {
          everyMs: known(detect.accrue.every),
          max: detect.accrue.max,
          settle: document.pay.settle ?? 'each',
        }
      : null,
    repeat: detect.repeat ? compileRepeat(detect.repeat, common.byPath, common.factNames) : null,
    keepsExpect: common.names('expect'),
    canMove: typesOf(detect.extend).length > 0,
  };
}

/** Milliseconds of a duration that validation has let through. */
export function known(duration: string): number {
  return parseDuration(duration) ?? 0;
}

function rolesOf(detect: DetectDeadline): ReadonlyMap<string, number> {
  const roles = new Map<string, number>();
  const add = (types: readonly string[], role: number) => {
    for (const type of types) roles.set(type, (roles.get(type) ?? 0) | role);
  };
  add(typesOf(detect.start), START);
  add(typesOf(detect.extend), EXTEND);
  add(typesOf(detect.expect), EXPECT);
  add(typesOf(detect.cancel), CANCEL);
  return roles;
}

function compileDue(
  due: string,
  common: CommonSpec,
  calendar: Calendar | null,
): DeadlineSpec['dueMs'] {
  const spanMs = parseDuration(due);
  if (spanMs !== undefined) {
    return (_event, timeMs) => (calendar ? calendar.add(timeMs, due) : timeMs + spanMs);
  }
  const reader = compilePath(due, common.factNames, common.varNames);
  const isFact = common.factNames.has(due.split('.', 1)[0] ?? '');
  return (event, _timeMs, start = event) => {
    const vars = { start };
    const value = reader(isFact ? read(common, event, vars) : { event, vars, facts: {} });
    return typeof value === 'string' ? parseInstant(value) : undefined;
  };
}

function compileGrace(
  grace: string | undefined,
  calendar: Calendar | null,
): DeadlineSpec['withGrace'] {
  const graceMs = grace === undefined ? 0 : known(grace);
  if (graceMs === 0 || grace === undefined) return (dueMs) => dueMs;
  return (dueMs) => (calendar ? calendar.add(dueMs, grace) : dueMs + graceMs);
}
