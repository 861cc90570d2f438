import type { RuleDraft } from '../check/rule-draft';
import type { Report } from '../report/report';
import { lintDetect } from './lint-detect';
import { lintOwnEvents } from './lint-own-events';
import { lintPay } from './lint-pay';
import { lintTests } from './lint-tests';

/** Doubts: what is allowed, and is seldom meant. */
export function lintRule(draft: RuleDraft, report: Report): void {
  lintDetect(draft, report);
  lintPay(draft, report);
  lintOwnEvents(draft, report);
  if (draft.message === undefined && !report.hasProblemAt('/message'))
    report.lint('', 'no_message');
  lintTests(draft, report);
}
