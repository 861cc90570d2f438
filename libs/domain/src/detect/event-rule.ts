import type { CompiledConditions } from '../conditions';
import { compileConditions } from '../conditions';
import type { DomainEvent } from '../event';
import type { JsonObject } from '../json';
import type { DetectEvent, RuleDocument } from '../rule-document';
import { compilePath, type PathReader } from '../values';
import {
  type CommonSpec,
  compileCommon,
  customerOf,
  judge,
  keyText,
  read,
} from './compiled-common';
import { known } from './compiled-deadline';
import type { FanOut, IncidentFound, Undecidable } from './effects';
import { eventRef, jsonRef, orderKey } from './event-ref';
import type { SlotContext } from './slot-context';

export interface ForEachSpec {
  readonly event: string;
  readonly by: PathReader;
  readonly byPath: string;
  readonly overMs: number;
  readonly where: CompiledConditions | null;
}

/** `event`: one event that satisfies `where`; with `for_each` it names customers through history. */
export interface EventDetector {
  readonly type: 'event';
  readonly spec: CommonSpec;
  readonly event: string;
  readonly forEach: ForEachSpec | null;
}

export function eventDetector(
  document: RuleDocument & { readonly detect: DetectEvent },
): EventDetector {
  const { detect } = document;
  const spec = compileCommon(document, known);
  const each = detect.for_each;
  return {
    type: 'event',
    spec,
    event: detect.event,
    forEach: each
      ? {
          event: each.event,
          by: compilePath(each.by, spec.factNames, spec.varNames),
          byPath: each.by,
          overMs: known(each.over),
          where: each.where ? compileConditions(each.where, spec.factNames, spec.varNames) : null,
        }
      : null,
  };
}

/** Looks at one event. The first of a key decides; that it is the first, the incident's identity sees to. */
export function lookAtEvent(
  detector: EventDetector,
  event: DomainEvent,
  version: number,
  context: SlotContext,
): void {
  const { spec, forEach } = detector;
  const reading = read(spec, event.json, forEach ? { trigger: event.json } : {});
  const judged = judge(reading, spec.where);
  const undecided = (path: string) => {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
  };
  judged.undecided.forEach(undecided);
  if (judged.verdict !== 'true') return;
  const { slot, ruleId, clockMs } = context;
  if (forEach) {
    context.emit(fanOutOf(detector, forEach, event, version, context));
    return;
  }
  const customerId = customerOf(event);
  if (customerId === undefined) {
    undecided('customerid');
    return;
  }
  const ref = eventRef(event);
  context.emit({
    kind: 'found',
    identity: { ruleId, lane: slot.lane, key: slot.key, occurrence: '', atMs: event.timeMs },
    ruleNo: slot.ruleNo,
    ruleVersion: version,
    keyPath: spec.byPath,
    customerId,
    clockMs,
    closedAtMs: event.timeMs,
    reading,
    evidence: [ref],
    why: spec.where?.explain(reading) ?? [],
    decide: { unit: 0, units: null, atMs: event.timeMs },
    order: [event.timeMs, orderKey({ s: event.source, d: event.id })],
  });
}

function fanOutOf(
  { spec }: EventDetector,
  forEach: ForEachSpec,
  event: DomainEvent,
  version: number,
  { slot, latenessMs }: SlotContext,
): FanOut {
  return {
    kind: 'fan-out',
    ruleNo: slot.ruleNo,
    lane: slot.lane,
    ruleVersion: version,
    key: slot.key,
    trigger: event.json,
    triggerRef: eventRef(event),
    atMs: event.timeMs,
    fromMs: event.timeMs - forEach.overMs,
    toMs: event.timeMs + latenessMs(spec.allowLateMs),
  };
}

/**
 * What a trigger means for one event of history: an incident of the customer it names, nothing (null), or
 * something that could not be decided. The newest event per `by` speaks: offer them newest first, and let the
 * incident's identity refuse the others.
 */
export function fanOutTo(
  detector: EventDetector,
  fanOut: FanOut,
  event: DomainEvent,
  clockMs: number,
): IncidentFound | Undecidable | null {
  const { spec, forEach } = detector;
  if (event.type !== forEach?.event) return null;
  if (event.timeMs <= fanOut.fromMs || event.timeMs > fanOut.atMs) return null;
  const { ruleId } = spec;
  const vars: JsonObject = { trigger: fanOut.trigger };
  const reading = read(spec, event.json, vars);
  const judged = judge(reading, forEach.where);
  if (judged.verdict === 'undecidable') {
    return { kind: 'undecidable', ruleId, path: judged.undecided[0] ?? forEach.byPath };
  }
  if (judged.verdict !== 'true') return null;
  const by = keyText(forEach.by(reading));
  const customerId = customerOf(event);
  if (by === undefined) return { kind: 'undecidable', ruleId, path: forEach.byPath };
  if (customerId === undefined) return { kind: 'undecidable', ruleId, path: 'customerid' };
  return {
    kind: 'found',
    identity: { ruleId, lane: fanOut.lane, key: fanOut.key, occurrence: by, atMs: fanOut.atMs },
    ruleNo: fanOut.ruleNo,
    ruleVersion: fanOut.ruleVersion,
    keyPath: spec.byPath,
    customerId,
    clockMs,
    closedAtMs: fanOut.atMs,
    reading,
    evidence: [jsonRef(fanOut.trigger), eventRef(event)],
    why: forEach.where?.explain(reading) ?? [],
    decide: { unit: 0, units: null, atMs: fanOut.atMs },
    order: [event.timeMs, orderKey({ s: event.source, d: event.id })],
  };
}
