import type { Json, JsonObject } from '../json';
import type { RuleDocument, DetectWindow } from '../rule-document';
import { customerOf, judge, read } from './compiled-common';
import { eventRef, orderKey, orderOf } from './event-ref';
import type { GatherSpec } from './gather';
import type { GatheredItem } from './gathered-state';
import { isMeasurable, measure, UNDECIDABLE } from './measure';
import type { SlotContext } from './slot-context';
import { compileWindow, type WindowSpec } from './compiled-window';

/** `window`: a measure over the sliding span, looked at for every end that holds the new event. */
export interface WindowDetector extends GatherSpec {
  readonly type: 'window';
  readonly spec: WindowSpec;
  /** False: it counts for nothing, whatever is known of the key, so the state need not be read. */
  readonly concerns: (event: JsonObject) => boolean;
}

export function windowDetector(
  document: RuleDocument & { readonly detect: DetectWindow },
): WindowDetector {
  const spec = compileWindow(document);
  return {
    type: 'window',
    spec,
    allowLateMs: spec.allowLateMs,
    spanMs: spec.overMs,
    types: spec.types,
    concerns: (event) => concerns(spec, event),
    itemOf: (event, own, context) => itemOf(spec, event, own, context),
    look: (items, added, version, context) => look(spec, items, added, version, context),
  };
}

function concerns(spec: WindowSpec, event: JsonObject): boolean {
  if (spec.where === null) return true;
  try {
    return judge(read(spec, event, {}), spec.where).verdict !== 'false';
  } catch {
    // It throws again where that is told and set aside.
    return true;
  }
}

function itemOf(
  spec: WindowSpec,
  event: JsonObject,
  own: boolean,
  context: SlotContext,
): GatheredItem | undefined {
  const undecided = (path: string) => {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
  };
  const reading = read(spec, event, {});
  const judged = judge(reading, spec.where);
  judged.undecided.forEach(undecided);
  if (judged.verdict !== 'true') return undefined;
  const values: Json[] = spec.share ? [spec.share.test(reading) === 'true' ? 1 : 0] : [];
  for (const [index, path] of spec.paths.entries()) {
    const value = path(reading);
    if (!isMeasurable(spec.measure, value)) {
      undecided(spec.pathNames[index] ?? '');
      return undefined;
    }
    values.push(value as Json);
  }
  return { ...orderOf(event), v: values, o: own, e: event };
}

function look(
  spec: WindowSpec,
  items: readonly GatheredItem[],
  added: GatheredItem,
  version: number,
  context: SlotContext,
): readonly GatheredItem[] {
  let index = items.indexOf(added);
  for (; index < items.length; index += 1) {
    const end = items[index];
    if (!end || end.t - added.t >= spec.overMs) return [];
    if (items[index + 1]?.t === end.t) continue;
    const inside = items.filter((item) => item.t <= end.t && item.t > end.t - spec.overMs);
    if (fires(spec, inside, end, version, context)) return inside;
  }
  return [];
}

function fires(
  spec: WindowSpec,
  inside: readonly GatheredItem[],
  end: GatheredItem,
  version: number,
  context: SlotContext,
): boolean {
  if (inside.length < spec.minEvents) return false;
  const value = measure(spec, inside);
  const undecided = (path: string) => {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
  };
  if (value === UNDECIDABLE) {
    undecided(spec.pathNames.at(-1) ?? 'value');
    return false;
  }
  const reading = read(spec, end.e, { value });
  const verdict = spec.is.test(value, reading);
  if (verdict === 'undecidable') undecided('value');
  if (verdict !== 'true') return false;
  const customerId = customerOf(end.e);
  if (customerId === undefined) {
    undecided('customerid');
    return false;
  }
  const occurrence = eventRef({ source: end.s, id: end.d });
  const { slot, ruleId, clockMs } = context;
  context.emit({
    kind: 'found',
    identity: { ruleId, lane: slot.lane, key: slot.key, occurrence, atMs: end.t },
    ruleNo: slot.ruleNo,
    ruleVersion: version,
    keyPath: spec.byPath,
    customerId,
    clockMs,
    closedAtMs: end.t,
    reading,
    evidence: inside.map((item) => eventRef({ source: item.s, id: item.d })),
    why: [...(spec.where?.explain(reading) ?? []), ...spec.is.explain('value', value, reading)],
    decide: { unit: 0, units: null, atMs: end.t },
    order: [end.t, orderKey(end)],
  });
  return true;
}
