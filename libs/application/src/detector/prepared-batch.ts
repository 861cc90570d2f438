import { slotId, type Route } from '@amends/domain';
import type { TouchedSlot } from './detect-states';
import type { LoadedRules } from './loaded-rules';
import type { ReadRecord } from './read-records';

/** Records with the rules they concern and the states those keep. */
export interface PreparedBatch {
  readonly records: readonly ReadRecord[];
  /** Per record; none for imports, which no rule looks at (semantics 11). */
  readonly routes: readonly (readonly Route[])[];
  readonly touched: ReadonlyMap<string, TouchedSlot>;
}

const NO_ROUTES: readonly Route[] = [];

export function prepareBatch(records: readonly ReadRecord[], rules: LoadedRules): PreparedBatch {
  const touched = new Map<string, TouchedSlot>();
  const routes = records.map((one) => {
    if (one.kind !== 'event' || one.record.history) return NO_ROUTES;
    const found = rules.ruleSet.route(one.event);
    for (const { slot } of found) {
      if (slot === null) continue;
      const id = slotId(slot);
      const known = touched.get(id);
      if (known === undefined) touched.set(id, { slot, events: [one.event] });
      else known.events.push(one.event);
    }
    return found;
  });
  return { records, routes, touched };
}
