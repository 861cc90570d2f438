import type { Detect, Limit, Pay, RuleDocument } from '@amends/domain';
import type { Draft } from '../shape';

/** A document without what is wrong in it. */
export type RuleDraft = Draft<RuleDocument>;
export type DetectDraft = Draft<Detect>;
export type PayDraft = Draft<Pay>;
export type LimitDraft = Draft<Limit>;

type Several<T> = T | readonly (T | undefined)[] | undefined;

/** One or several as a list, without what was wrong. */
export function listOf<T extends string>(several: Several<T>): readonly T[] {
  if (several === undefined) return [];
  if (typeof several === 'string') return [several];
  return several.filter((item) => item !== undefined);
}
