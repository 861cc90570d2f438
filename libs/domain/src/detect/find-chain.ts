import type { GatheredItem } from './gathered-state';

/**
 * The steps that the new event completes: with the oldest first step that still fits, each later step taken as
 * early as it can be, so that the span is the shortest and the fewest cancels lie in it.
 *
 * @param items all that is known of the key, in (time, source, id) order
 */
export function findChain(
  items: readonly GatheredItem[],
  added: GatheredItem,
  steps: number,
  withinMs: number,
): readonly GatheredItem[] | undefined {
  if ((added.m ?? 0) === 0) return undefined;
  for (const first of items) {
    if (first.t > added.t) return undefined;
    if (!isStep(first, 0) || added.t - first.t > withinMs) continue;
    for (let position = 0; position < steps; position += 1) {
      if (!isStep(added, position) || (position === 0) !== (first === added)) continue;
      const chain = complete(items, first, added, position, steps);
      if (chain && fits(items, chain, withinMs)) return chain;
    }
  }
  return undefined;
}

function complete(
  items: readonly GatheredItem[],
  first: GatheredItem,
  added: GatheredItem,
  position: number,
  steps: number,
): readonly GatheredItem[] | undefined {
  const chain = [first];
  for (let step = 1; step < steps; step += 1) {
    const last = chain.at(-1) ?? first;
    const next =
      step === position
        ? added
        : items.find(
            (item) => item.t >= last.t && item !== added && isStep(item, step) && !chain.includes(item),
          );
    if (!next || next.t < last.t) return undefined;
    if (step < position && next.t > added.t) return undefined;
    chain.push(next);
  }
  return chain;
}

function fits(
  items: readonly GatheredItem[],
  chain: readonly GatheredItem[],
  withinMs: number,
): boolean {
  const [fromMs, toMs] = [chain[0]?.t ?? 0, chain.at(-1)?.t ?? 0];
  if (toMs - fromMs > withinMs) return false;
  return !items.some(
    (item) => item.c && item.t >= fromMs && item.t <= toMs && !chain.includes(item),
  );
}

function isStep(item: GatheredItem, step: number): boolean {
  return ((item.m ?? 0) & (1 << step)) !== 0;
}
