import { indexable, type IndexableTest } from './conditions';
import type { CompiledRule } from './detect/compiled-rule';
import { START } from './detect/compiled-deadline';
import type { Lane } from './detect/effects';
import { namedSlot, type NamedSlot } from './detect/slot';
import {
  buildTypeIndex,
  forEachCandidate,
  type TypeIndex,
  type Wanting,
} from './detect/type-index';
import type { DomainEvent } from './event';
import { isSpentOwnEvent } from './own-events';

/** A rule as it runs in one lane. */
export interface RuleSetEntry {
  readonly ruleId: string;
  readonly ruleNo: number;
  readonly lane: Lane;
  /** Takes what opens now. */
  readonly current: CompiledRule;
  /** Earlier versions under which something may still be open, oldest first (semantics 4). */
  readonly draining: readonly CompiledRule[];
}

/** An event's way to one rule. `slot` is null where the rule keeps no state of its keys. */
export interface Route {
  readonly entry: RuleSetEntry;
  /** JSON text of the key; undefined: the event has none, which is counted. */
  readonly key: string | undefined;
  readonly slot: NamedSlot | null;
  /** False: found by the `by` of an earlier version only, so nothing new opens here. */
  readonly opens: boolean;
}

/** Every rule that runs, indexed so that an event meets only those it may matter to. */
export interface RuleSet {
  readonly entries: readonly RuleSetEntry[];
  readonly route: (event: DomainEvent) => Route[];
  readonly entryOf: (slot: {
    readonly ruleNo: number;
    readonly lane: Lane;
  }) => RuleSetEntry | undefined;
}

export function buildRuleSet(entries: readonly RuleSetEntry[]): RuleSet {
  const wanting = new Map<string, Wanting<RuleSetEntry>[]>();
  for (const entry of entries) {
    const types = new Set(versionsOf(entry).flatMap((rule) => rule.eventTypes));
    for (const type of types) {
      const list = wanting.get(type) ?? [];
      wanting.set(type, list);
      list.push({ value: entry, tests: testsFor(entry, type) });
    }
  }
  const indexes = new Map<string, TypeIndex<RuleSetEntry>>();
  for (const [type, list] of wanting) indexes.set(type, buildTypeIndex(list));
  const byNo = { live: byRuleNo(entries, 'live'), shadow: byRuleNo(entries, 'shadow') };
  return {
    entries,
    route: (event) => {
      const index = indexes.get(event.type);
      const routes: Route[] = [];
      if (!index || isSpentOwnEvent(event.type, event.json)) return routes;
      forEachCandidate(index, event, (entry) => pushRoutes(routes, entry, event));
      return routes;
    },
    entryOf: ({ ruleNo, lane }) => byNo[lane].get(ruleNo),
  };
}

function byRuleNo(entries: readonly RuleSetEntry[], lane: Lane): ReadonlyMap<number, RuleSetEntry> {
  const own = entries.filter((entry) => entry.lane === lane);
  return new Map(own.map((entry) => [entry.ruleNo, entry]));
}

/** Every version of the entry, oldest first. */
export function versionsOf(entry: RuleSetEntry): readonly CompiledRule[] {
  return entry.draining.length === 0 ? [entry.current] : [...entry.draining, entry.current];
}

function pushRoutes(routes: Route[], entry: RuleSetEntry, event: DomainEvent): void {
  const { current, ruleNo, lane } = entry;
  const { detector } = current;
  const isAlone = entry.draining.length === 0;
  const key = detector.spec.keyOf(event.json);
  const isWindow = isAlone && detector.type === 'window';
  if (isWindow && key !== undefined && !detector.concerns(event.json)) return;
  if (current.eventTypes.includes(event.type) || !isAlone) {
    const keepsState = key !== undefined && (detector.type !== 'event' || !isAlone);
    const slot = keepsState ? namedSlot({ ruleNo, lane, key }) : null;
    routes.push({ entry, key, slot, opens: true });
  }
  if (isAlone) return;
  const seen = new Set([key]);
  for (const { detector: older } of entry.draining) {
    const olderKey = older.spec.keyOf(event.json);
    if (olderKey === undefined || seen.has(olderKey)) continue;
    seen.add(olderKey);
    const slot = namedSlot({ ruleNo, lane, key: olderKey });
    routes.push({ entry, key: olderKey, slot, opens: false });
  }
}

/** An index may only sort out events whose one role is to be tested by `where`. */
function testsFor(entry: RuleSetEntry, type: string): IndexableTest[] {
  const { current, draining } = entry;
  const { detect } = current.document;
  if (draining.length > 0 || !detect.where || detect.type === 'sequence') return [];
  const { detector } = current;
  if (detector.type === 'deadline' && detector.spec.roles.get(type) !== START) return [];
  return indexable(detect.where, detector.spec.factNames, detector.spec.varNames);
}
