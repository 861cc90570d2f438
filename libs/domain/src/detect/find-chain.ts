import { byTimeAndRef } from './event-ref';
import type { GatheredItem } from './gathered-state';

/**
 * The chains of steps that the new event completes, one per possible last step: with the oldest first step that
 * still fits, each step in between taken as early as it can be. Chains without the new event were looked at before.
 *
 * @param items all that is known of the key, in (time, source, id) order
 */
export function findChains(
  items: readonly GatheredItem[],
  added: GatheredItem,
  steps: number,
  withinMs: number,
): readonly (readonly GatheredItem[])[] {
  if ((added.m ?? 0) === 0) return [];
  const chains: (readonly GatheredItem[])[] = [];
  for (const last of items) {
    if (last.t < added.t || !isStep(last, steps - 1)) continue;
    if (last.t - added.t > withinMs) break;
    const chain = oldestTo(last, items, steps, withinMs);
    if (chain?.includes(added)) chains.push(chain);
  }
  return chains.sort(byOldest);
}

function oldestTo(
  last: GatheredItem,
  items: readonly GatheredItem[],
  steps: number,
  withinMs: number,
): readonly GatheredItem[] | undefined {
  for (const first of items) {
    if (first.t > last.t) return undefined;
    if (first === last || !isStep(first, 0) || last.t - first.t > withinMs) continue;
    const chain = complete(items, first, last, steps);
    if (chain && !isCancelled(items, chain)) return chain;
  }
  return undefined;
}

function complete(
  items: readonly GatheredItem[],
  first: GatheredItem,
  last: GatheredItem,
  steps: number,
): readonly GatheredItem[] | undefined {
  const chain = [first];
  for (let step = 1; step < steps; step += 1) {
    const before = chain.at(-1) ?? first;
    const follows = (item: GatheredItem) => item.t >= before.t && isStep(item, step);
    const next =
      step === steps - 1
        ? last
        : items.find((item) => item !== last && !chain.includes(item) && follows(item));
    if (!next || next.t > last.t || !follows(next)) return undefined;
    chain.push(next);
  }
  return chain;
}

/** The one with the older first step goes first; with the same, that with the older second, and so on. */
function byOldest(a: readonly GatheredItem[], b: readonly GatheredItem[]): number {
  for (const [index, item] of a.entries()) {
    const other = b[index];
    const order = other ? byTimeAndRef(item, other) : 0;
    if (order !== 0) return order;
  }
  return 0;
}

/** A cancel in between, ends included, breaks it. */
function isCancelled(items: readonly GatheredItem[], chain: readonly GatheredItem[]): boolean {
  const [fromMs, toMs] = [chain[0]?.t ?? 0, chain.at(-1)?.t ?? 0];
  return items.some(
    (item) => item.c === true && item.t >= fromMs && item.t <= toMs && !chain.includes(item),
  );
}

function isStep(item: GatheredItem, step: number): boolean {
  return ((item.m ?? 0) & (1 << step)) !== 0;
}
