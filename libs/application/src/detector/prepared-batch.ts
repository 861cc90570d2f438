import type { Route } from '@amends/domain';
import type { TouchedSlot } from './detect-states';
import type { LoadedRules } from './loaded-rules';
import type { ReadRecord } from './read-records';

/** Records with the rules they concern and the states those keep. */
export interface PreparedBatch {
  readonly records: readonly ReadRecord[];
  /** Per record; none for imports, which no rule looks at (semantics 11). */
  readonly routes: readonly (readonly Route[])[];
  readonly touched: ReadonlyMap<string, TouchedSlot>;
  /** How often a rule has to look at an event. */
  readonly candidates: number;
}

const NO_ROUTES: readonly Route[] = [];

export function prepareBatch(records: readonly ReadRecord[], rules: LoadedRules): PreparedBatch {
  const touched = new Map<string, TouchedSlot>();
  let candidates = 0;
  const routes = records.map((one) => {
    if (one.kind !== 'event' || one.record.history) return NO_ROUTES;
    const found = rules.ruleSet.route(one.event);
    candidates += found.length;
    for (const { slot } of found) {
      if (slot === null) continue;
      const known = touched.get(slot.id);
      if (known === undefined) touched.set(slot.id, { slot, events: [one.event] });
      else known.events.push(one.event);
    }
    return found;
  });
  return { records, routes, touched, candidates };
}
