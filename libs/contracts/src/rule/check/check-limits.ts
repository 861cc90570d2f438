import type { Report } from '../report/report';
import { byCurrency, paidCurrencies, uncovered } from './monies';
import type { LimitDraft, RuleDraft } from './rule-draft';

/** What each limit demands across its keys, and of the amounts. */
export function checkLimits({ limits, pay }: RuleDraft, report: Report): void {
  const paid = paidCurrencies(pay?.amount);
  limits?.forEach((limit, index) => {
    if (limit !== undefined) checkLimit(limit, `/limits/${index}`, paid, report);
  });
}

function checkLimit(
  limit: LimitDraft,
  pointer: string,
  paid: ReadonlySet<string> | undefined,
  report: Report,
): void {
  const isThere = (key: keyof LimitDraft): boolean =>
    Object.hasOwn(limit, key) || report.hasProblemAt(`${pointer}/${key}`);
  if (isThere('times') === isThere('total')) report.problem(pointer, 'limit_kind');
  else if (limit.then === 'trim' && !isThere('total')) {
    report.problem(`${pointer}/then`, 'trim_without_total');
  }
  const missing = paid === undefined ? [] : uncovered(paid, limit.total);
  if (missing.length === 0) return;
  report.problem(`${pointer}/total`, 'currency_not_covered', {
    params: {
      currencies: missing.join(', '),
      covered: [...byCurrency(limit.total).keys()].join(', '),
    },
    hint: ['cover_all'],
  });
}
