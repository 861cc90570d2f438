import type { DomainEvent } from '../event';
import { type RuleSet, versionsOf } from '../rule-set';
import { read } from './compiled-common';
import type { Slot } from './effects';
import type { RepeatSpec } from './compiled-repeat';
import { isRepeatSlot, repeatSlot, slotId } from './slot';
import { openRecord } from './slot-record';

/**
 * The counters of misses (`repeat`) that working on this slot may touch, so that they can be loaded and locked
 * with it. None for the many rules without `repeat`.
 */
export function linkedSlots(
  ruleSet: RuleSet,
  slot: Slot,
  json: string | null,
  events: readonly DomainEvent[],
): Slot[] {
  const entry = ruleSet.entryOf(slot);
  if (!entry || isRepeatSlot(slot)) return [];
  const linked = new Map<string, Slot>();
  for (const { detector } of versionsOf(entry)) {
    const { spec } = detector;
    const repeat: RepeatSpec | null = 'repeat' in spec ? spec.repeat : null;
    if (!repeat) continue;
    const add = (value: string | undefined) => {
      if (value === undefined) return;
      const to = repeatSlot(slot, value);
      linked.set(slotId(to), to);
    };
    const { deadline, sequence } = openRecord(slot, json).parts;
    const known = [
      ...events.map((event) => event.json),
      ...(deadline?.items ?? []).flatMap((item) => (item.e ? [item.e] : [])),
      ...(sequence?.books ?? []).flatMap((book) => book.items.map((item) => item.e)),
      ...(sequence?.waiting ?? []),
    ];
    for (const event of known) add(repeat.valueOf(read(spec, event, { start: event })));
    for (const fired of deadline?.fired ?? []) add(fired.repeat);
  }
  return [...linked.values()];
}
