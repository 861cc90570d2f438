/** A counter of limits: who shares it (`scope`), by what (`per`), and whose it is (`subject`). */
export interface CounterSubject {
  readonly scope: string;
  readonly per: string;
  readonly subject: string;
}

/** Shadow counts by itself, as if it had paid (semantics 7). */
const SHADOW_PREFIX = 'shadow|';

/** The name of the row that stands for a counter: locked before its entries are summed. */
export function guardName(lane: number, { scope, per, subject }: CounterSubject): string {
  return `${lane === 0 ? '' : SHADOW_PREFIX}${scope}|${per}|${subject}`;
}

/**
 * The order in which counters are locked, the same everywhere. Those that a whole rule shares come
 * last, so that they are held briefly.
 */
export function inLockOrder(
  subjects: Iterable<readonly [guard: string, subject: CounterSubject]>,
): string[] {
  const isShared = new Map<string, boolean>();
  for (const [guard, { per }] of subjects) isShared.set(guard, per === 'rule');
  return [...isShared.keys()].sort((a, b) => {
    const byShare = Number(isShared.get(a)) - Number(isShared.get(b));
    return byShare !== 0 ? byShare : a < b ? -1 : a > b ? 1 : 0;
  });
}
