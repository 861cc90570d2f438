import type { Effect } from './effects';

/** Incidents of one instant go by (start time, source, id). */
export function inOrder<T extends Effect>(effects: readonly T[]): T[] {
  const rank = (effect: Effect) => ('order' in effect ? effect.order : ([-Infinity, ''] as const));
  return [...effects].sort((a, b) => {
    const [x, y] = [rank(a), rank(b)];
    if (x[0] !== y[0]) return x[0] < y[0] ? -1 : 1;
    if (x[1] === y[1]) return 0;
    return x[1] < y[1] ? -1 : 1;
  });
}
