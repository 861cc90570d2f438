import type { GatheredItem } from './gathered-state';

/**
 * The chains of steps that the new event completes, by their last step: with the oldest first step that still fits,
 * each step in between taken as early as it can be. Chains without the new event were looked at before.
 *
 * @param items all that is known of the key, in (time, source, id) order
 */
export function* findChains(
  items: readonly GatheredItem[],
  added: GatheredItem,
  steps: number,
  withinMs: number,
): Generator<readonly GatheredItem[]> {
  if ((added.m ?? 0) === 0) return;
  for (const last of items) {
    if (last.t < added.t || !isStep(last, steps - 1)) continue;
    if (last.t - added.t > withinMs) return;
    const chain = oldestTo(last, items, steps, withinMs);
    if (chain?.includes(added)) yield chain;
  }
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
  for (let step = 1; step < steps - 1; step += 1) {
    const fromMs = chain.at(-1)?.t ?? first.t;
    const next = items.find(
      (item) => item.t >= fromMs && item !== last && isStep(item, step) && !chain.includes(item),
    );
    if (!next || next.t > last.t) return undefined;
    chain.push(next);
  }
  return [...chain, last];
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
