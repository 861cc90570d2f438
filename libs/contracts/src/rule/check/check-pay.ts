import type { CompiledFacts } from '@amends/domain';
import { formatMoney } from '@amends/domain';
import type { Report } from '../report/report';
import { checkFactType } from './check-fact-type';
import { byCurrency, type MoniesDraft } from './monies';
import type { PayDraft, RuleDraft } from './rule-draft';

/** What `pay` demands across its keys. */
export function checkPay(draft: RuleDraft, facts: CompiledFacts | undefined, report: Report): void {
  const { pay, detect } = draft;
  if (pay === undefined) return;
  if (pay.as !== undefined) checkKeys(pay, pay.as, report);
  const accrues = detect?.type === 'deadline' && detect.accrue !== undefined;
  if (pay.settle !== undefined && !accrues && !report.hasProblemAt('/detect/accrue')) {
    report.problem('/pay/settle', 'settle_without_accrue');
  }
  checkBounds(pay.min, pay.max, '/pay', report);
  const { amount } = pay;
  if (amount !== undefined && 'of' in amount) {
    checkFactType(amount.of, 'money', '/pay/amount/of', facts, report);
  }
  if (amount === undefined || !('bands' in amount)) return;
  checkFactType(amount.bands, 'number', '/pay/amount/bands', facts, report);
  amount.steps?.forEach((step, index) => {
    const pointer = `/pay/amount/steps/${index}`;
    checkBounds(step?.min, step?.max, pointer, report);
    if (step !== undefined && 'of' in step) {
      checkFactType(step.of, 'money', `${pointer}/of`, facts, report);
    }
  });
}

function checkKeys(pay: PayDraft, as: NonNullable<PayDraft['as']>, report: Report): void {
  const isThere = (key: keyof PayDraft): boolean =>
    Object.hasOwn(pay, key) || report.hasProblemAt(`/pay/${key}`);
  if (as === 'nothing') {
    for (const key of ['amount', 'min', 'max', 'approve_over'] as const) {
      if (isThere(key))
        report.problem(`/pay/${key}`, 'unexpected_with_nothing', { params: { key } });
    }
  } else if (!isThere('amount')) {
    report.problem('/pay', 'amount_required', { params: { as } });
  }
  if (as === 'refund' && !isThere('payment')) report.problem('/pay', 'payment_required');
  if (as !== 'refund' && isThere('payment')) report.problem('/pay/payment', 'payment_unexpected');
}

function checkBounds(min: MoniesDraft, max: MoniesDraft, pointer: string, report: Report): void {
  const most = byCurrency(max);
  for (const [currency, least] of byCurrency(min)) {
    const bound = most.get(currency);
    if (bound === undefined || least.minor <= bound.minor) continue;
    report.problem(`${pointer}/min`, 'min_over_max', {
      params: { min: formatMoney(least), max: formatMoney(bound) },
    });
  }
}
