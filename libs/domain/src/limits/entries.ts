/** One payout paid or reserved, or one apology without money, as limits count it. */
export interface LimitEntry {
  /** The incident's time, epoch ms. */
  readonly atMs: number;
  readonly minor: bigint;
  /** null: a word only, no money. */
  readonly currency: string | null;
}

/**
 * The most that any span (t − over, t] which would hold a new entry at `atMs` holds already;
 * `overMs` null: one span for ever. Spans that end after `atMs` count too, for entries may come in
 * any order.
 */
export function peakUsage(
  entries: readonly LimitEntry[],
  atMs: number,
  overMs: number | null,
  weigh: (entry: LimitEntry) => bigint,
): bigint {
  if (overMs === null) return entries.reduce((sum, entry) => sum + weigh(entry), 0n);
  const near = entries
    .filter((entry) => entry.atMs > atMs - overMs && entry.atMs < atMs + overMs)
    .sort((a, b) => a.atMs - b.atMs);
  let peak = 0n;
  let inSpan = 0n;
  let oldest = 0;
  for (let newest = 0; newest < near.length; newest += 1) {
    const entry = near[newest] as LimitEntry;
    inSpan += weigh(entry);
    // The span that ends at an entry before `atMs` does not hold the new one; the one that ends at
    // `atMs` does.
    const endMs = Math.max(entry.atMs, atMs);
    for (let first = near[oldest]; first && first.atMs <= endMs - overMs; first = near[oldest]) {
      inSpan -= weigh(first);
      oldest += 1;
    }
    const isLastOfInstant = (near[newest + 1]?.atMs ?? Infinity) > endMs;
    if (isLastOfInstant && inSpan > peak) peak = inSpan;
  }
  return peak;
}
