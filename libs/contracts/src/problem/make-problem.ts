import type { Language, Text } from './language';
import type { Problem, ProblemItem } from './problem';
import { PROBLEMS, type ProblemCode } from './problem-catalogue';

/** One mistake in every language, as validators report it. */
export interface TextItem {
  readonly pointer: string;
  readonly code: string;
  readonly message: Text;
  readonly hint?: Text;
  readonly position?: { readonly from: number; readonly to: number };
}

export interface ProblemDetails {
  readonly language: Language;
  /** Instead of the catalogue's, where the case has more to say. */
  readonly title?: Text;
  readonly detail?: string;
  readonly hint?: string;
  readonly instance?: string;
  readonly requestId?: string;
  readonly errors?: readonly ProblemItem[];
}

/** The problem of this code, in the reader's language. */
export function makeProblem(code: ProblemCode, details: ProblemDetails): Problem {
  const { status, title, retryable } = PROBLEMS[code];
  const { language, detail, hint, instance, requestId, errors } = details;
  return {
    type: `/problems/${code.replaceAll('_', '-')}`,
    title: (details.title ?? title)[language],
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
    ...(hint === undefined ? {} : { hint }),
    ...(instance === undefined ? {} : { instance }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    retryable,
    ...(errors === undefined ? {} : { errors }),
  };
}

/** The mistakes in one language. */
export function problemItems(items: readonly TextItem[], language: Language): ProblemItem[] {
  return items.map(({ pointer, code, message, hint, position }) => ({
    pointer,
    code,
    message: message[language],
    ...(hint === undefined ? {} : { hint: hint[language] }),
    ...(position === undefined ? {} : { position }),
  }));
}

/** The answer to a wrong rule document: how many mistakes, and each of them. */
export function invalidRuleProblem(
  problems: readonly TextItem[],
  details: Omit<ProblemDetails, 'errors' | 'title'>,
): Problem {
  const count = problems.length;
  const title = {
    en: `The rule has ${count} ${count === 1 ? 'mistake' : 'mistakes'}`,
    zh: `规则有 ${count} 处错误`,
  };
  const errors = problemItems(problems, details.language);
  return makeProblem('invalid_rule', { ...details, title, errors });
}
