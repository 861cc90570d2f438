import { fillText, type TextParams } from './fill-text';
import { HINT_TEXTS, type HintCode } from './hint-texts';
import { LINT_TEXTS, type LintCode } from './lint-texts';
import { PROBLEM_TEXTS, type ProblemCode } from './problem-texts';
import type { Position, RuleProblem } from './rule-problem';

export type Hint = readonly [code: HintCode, params?: TextParams];

export interface Remark {
  readonly params?: TextParams;
  readonly hint?: Hint | undefined;
  readonly position?: Position;
}

const MAX_PROBLEMS = 500;

/** Collects what is found in one document. */
export class Report {
  readonly problems: RuleProblem[] = [];
  readonly lints: RuleProblem[] = [];

  private readonly spoilt = new Set<string>();

  problem(pointer: string, code: ProblemCode, remark: Remark = {}): void {
    if (this.spoilt.has(pointer)) return;
    if (this.problems.length > MAX_PROBLEMS) return;
    const isLast = this.problems.length === MAX_PROBLEMS;
    this.problems.push(
      isLast
        ? { pointer: '', code: 'too_many_problems', ...words('too_many_problems', {}) }
        : { pointer, code, ...words(code, remark) },
    );
  }

  /** The value at this place could not be read at all: what else is found there is an echo. */
  spoil(pointer: string): void {
    this.spoilt.add(pointer);
  }

  lint(pointer: string, code: LintCode, remark: Remark = {}): void {
    if (this.lints.length >= MAX_PROBLEMS) return;
    const message = fillText(LINT_TEXTS[code], remark.params);
    this.lints.push({ pointer, code, message, ...hintOf(remark) });
  }

  /** Whether something at this very place is wrong already. */
  isWrong(pointer: string): boolean {
    return this.problems.some((problem) => problem.pointer === pointer);
  }

  /** Whether something at this place, or below it, is wrong already. */
  hasProblemAt(pointer: string): boolean {
    return this.problems.some(
      (problem) => problem.pointer === pointer || problem.pointer.startsWith(`${pointer}/`),
    );
  }
}

function words(code: ProblemCode, remark: Remark): Omit<RuleProblem, 'pointer' | 'code'> {
  const { params, position } = remark;
  return {
    message: fillText(PROBLEM_TEXTS[code], params),
    ...hintOf(remark),
    ...(position === undefined ? {} : { position }),
  };
}

function hintOf({ hint }: Remark): Pick<RuleProblem, 'hint'> {
  return hint === undefined ? {} : { hint: fillText(HINT_TEXTS[hint[0]], hint[1]) };
}
