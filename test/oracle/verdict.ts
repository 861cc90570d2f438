/** Three values: true, false, or undefined when the data to tell is missing. */
export type Verdict = boolean | undefined;

/** All must hold: one that surely does not decides. */
export function allOf(verdicts: Verdict[]): Verdict {
  if (verdicts.includes(false)) return false;
  return verdicts.includes(undefined) ? undefined : true;
}

/** One must hold. */
export function anyOf(verdicts: Verdict[]): Verdict {
  if (verdicts.includes(true)) return true;
  return verdicts.includes(undefined) ? undefined : false;
}

/** Holds when the other surely does not. */
export function negation(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
