import type { DomainEvent } from '../event';
import type { FanOut, IncidentFound, Undecidable } from './effects';
import { type EventDetector, fanOutTo } from './event-rule';
import { byTimeAndRef, type Ordered } from './event-ref';
import { inOrder } from './in-order';

/**
 * What a trigger finds in a piece of history: for each `by` what the newest event says, in the order in which
 * incidents of one instant are decided. Of several pieces, that with the newest events goes first.
 */
export function fanOutPage(
  detector: EventDetector,
  fanOut: FanOut,
  events: readonly DomainEvent[],
  clockMs: number,
): (IncidentFound | Undecidable)[] {
  const found = new Map<string, IncidentFound>();
  const undecidable: Undecidable[] = [];
  for (const event of [...events].sort(newestFirst)) {
    const effect = fanOutTo(detector, fanOut, event, clockMs);
    if (effect?.kind === 'undecidable') undecidable.push(effect);
    else if (effect && !found.has(effect.identity.occurrence)) {
      found.set(effect.identity.occurrence, effect);
    }
  }
  return [...undecidable, ...inOrder([...found.values()])];
}

function newestFirst(a: DomainEvent, b: DomainEvent): number {
  return byTimeAndRef(orderOf(b), orderOf(a));
}

function orderOf({ timeMs, source, id }: DomainEvent): Ordered {
  return { t: timeMs, s: source, d: id };
}
