import type { Text } from '../../problem';
import type { LintCode } from './lint-texts';
import type { ProblemCode } from './problem-texts';

export type RuleProblemCode = ProblemCode | LintCode;

/** One mistake in a rule document, or one doubt about it (a lint). */
export interface RuleProblem {
  /** JSON Pointer to what is there; of something missing, to where it is missing. */
  readonly pointer: string;
  readonly code: RuleProblemCode;
  readonly message: Text;
  readonly hint?: Text;
  /** Place in the CEL expression that the pointer names: UTF-16 units, `to` excluded. */
  readonly position?: Position;
}

export interface Position {
  readonly from: number;
  readonly to: number;
}
