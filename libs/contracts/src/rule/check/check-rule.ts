import type { Report } from '../report/report';
import { checkBands } from './check-bands';
import { checkDetect } from './check-detect';
import { checkFacts } from './check-facts';
import { checkLimits } from './check-limits';
import { checkPaths } from './check-paths';
import { checkPay } from './check-pay';
import type { RuleDraft } from './rule-draft';

/** All checks that look across the document. */
export function checkRule(draft: RuleDraft, report: Report): void {
  const facts = checkFacts(draft, report);
  checkDetect(draft, facts, report);
  checkPaths(draft, report);
  checkPay(draft, facts, report);
  checkBands(draft, report);
  checkLimits(draft, report);
}
