import { formatMoney } from '@amends/domain';
import { byCurrency, paidCurrencies, uncovered, type MoniesDraft } from '../check/monies';
import type { PayDraft, RuleDraft } from '../check/rule-draft';
import type { Report } from '../report/report';

export function lintPay({ pay, limits, labels }: RuleDraft, report: Report): void {
  if (pay === undefined) return;
  lintMonies(pay, report);
  const isPaying = pay.as !== undefined && pay.as !== 'nothing';
  const perCustomer = limits?.some(({ per } = {}) => per === 'customer' || per === 'customerid');
  if (isPaying && !perCustomer) report.lint('', 'no_customer_limit');
  limits?.forEach((limit, index) => {
    const pointer = `/limits/${index}`;
    const { total, across } = limit ?? {};
    if (total !== undefined) lintZero(total, `${pointer}/total`, report);
    if (total !== undefined && pay.as === 'nothing')
      report.lint(`${pointer}/total`, 'total_on_nothing');
    const [label = '', value] = across?.split('=') ?? [];
    const own = labels !== undefined && Object.hasOwn(labels, label) ? labels[label] : undefined;
    if (across !== undefined && own !== value) {
      report.lint(`${pointer}/across`, 'across_not_own_label', { params: { across } });
    }
  });
}

function lintMonies(
  { amount, min, max, approve_over: approveOver }: PayDraft,
  report: Report,
): void {
  if (amount !== undefined && 'fixed' in amount)
    lintZero(amount.fixed, '/pay/amount/fixed', report);
  lintZero(max, '/pay/max', report);
  const bounds = { min, max, approve_over: approveOver };
  for (const [key, monies] of Object.entries(bounds)) {
    const missing = uncovered(paidCurrencies(amount) ?? new Set(), monies);
    if (missing.length === 0) continue;
    const covered = [...byCurrency(monies).keys()].join(', ');
    const params = { currencies: missing.join(', '), covered, key };
    report.lint(`/pay/${key}`, 'bound_lacks_currency', { params });
  }
  const most = byCurrency(max);
  for (const [currency, approve] of byCurrency(approveOver)) {
    const bound = most.get(currency);
    if (bound === undefined || approve.minor <= bound.minor) continue;
    const params = { approve: formatMoney(approve), max: formatMoney(bound) };
    report.lint('/pay/approve_over', 'approve_over_above_max', { params });
  }
}

function lintZero(monies: MoniesDraft, pointer: string, report: Report): void {
  for (const money of byCurrency(monies).values()) {
    if (money.minor !== 0n) continue;
    report.lint(pointer, 'zero_money', { params: { value: formatMoney(money) } });
  }
}
