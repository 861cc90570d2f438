/**
 * What a test says. `undecidable`: a field it needs is absent or of the wrong type; such a test
 * never pays, and `not` does not turn it round.
 */
export type Verdict3 = 'true' | 'false' | 'undecidable';

/** The verdict of a comparison that has no answer (undefined) between values of different kinds. */
export function verdictOf(answer: boolean | undefined): Verdict3 {
  return answer === undefined ? 'undecidable' : answer ? 'true' : 'false';
}

export function negate(verdict: Verdict3): Verdict3 {
  return verdict === 'undecidable' ? verdict : verdict === 'true' ? 'false' : 'true';
}

/** All must hold: one surely false is enough for false, else one undecidable for undecidable. */
export function allOf<T>(parts: readonly T[], test: (part: T) => Verdict3): Verdict3 {
  let result: Verdict3 = 'true';
  for (const part of parts) {
    const verdict = test(part);
    if (verdict === 'false') return 'false';
    if (verdict === 'undecidable') result = verdict;
  }
  return result;
}

/** One must hold: one surely true is enough for true, else one undecidable for undecidable. */
export function anyOf<T>(parts: readonly T[], test: (part: T) => Verdict3): Verdict3 {
  let result: Verdict3 = 'false';
  for (const part of parts) {
    const verdict = test(part);
    if (verdict === 'true') return 'true';
    if (verdict === 'undecidable') result = verdict;
  }
  return result;
}
