/** Shares of a limit are read to a millionth. */
const PARTS = 1_000_000n;

/**
 * The levels that were not reached before and are now.
 * @param levels shares of the limit, such as 0.8
 */
export function newlyReached(
  levels: readonly number[],
  limitMinor: bigint,
  beforeMinor: bigint,
  afterMinor: bigint,
): number[] {
  return levels.filter((level) => {
    const parts = BigInt(Math.round(level * Number(PARTS)));
    const isReached = (usedMinor: bigint) => usedMinor * PARTS >= limitMinor * parts;
    return isReached(afterMinor) && !isReached(beforeMinor);
  });
}
