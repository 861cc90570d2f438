import { Refusal, type Precondition } from '@amends/application';

/**
 * The revision that `If-Match` names: `"a3"` of an approval is 3. Undefined: whatever it is now. A
 * tag that cannot be one of this kind never matches.
 */
export function revisionOf(precondition: Precondition, letter: string): number | undefined {
  if (precondition.kind !== 'match' || precondition.tags.includes('*')) return undefined;
  const form = new RegExp(`^${letter}(\\d{1,9})(?:\\.[0-9a-f]+)?$`);
  for (const tag of precondition.tags) {
    const revision = form.exec(tag)?.[1];
    if (revision !== undefined) return Number(revision);
  }
  throw new Refusal('precondition_failed');
}

/** The same where the tag has to be sent. */
export function requiredRevisionOf(precondition: Precondition, letter: string): number | undefined {
  if (precondition.kind === 'none') throw new Refusal('precondition_required');
  return revisionOf(precondition, letter);
}
