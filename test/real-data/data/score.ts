/** How well what was flagged matches what was bad, both in per cent. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
}

/**
 * Precision: the part of the flagged that is in `bad`. Recall: the part of `sought` that is flagged;
 * where nothing else is said, all that is bad is sought.
 */
export function score(
  flagged: ReadonlySet<string>,
  bad: ReadonlySet<string>,
  sought: ReadonlySet<string> = bad,
): Score {
  return { precision: share(flagged, bad), recall: share(sought, flagged) };
}

function share(of: ReadonlySet<string>, within: ReadonlySet<string>): number {
  return (100 * [...of].filter((one) => within.has(one)).length) / of.size;
}
