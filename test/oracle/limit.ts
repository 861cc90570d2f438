import { ofCurrency } from './amount';
import type { Entry } from './entry';
import { Fraction } from './fraction';
import { keyText, scalar } from './key';
import type { Money } from './money';
import type { RawRule } from './model';
import { lookup } from './scope';
import { plainMs } from './span';

/** What a limit says to one payout. */
export type LimitVerdict =
  { kind: 'pass' } | { kind: 'skip' } | { kind: 'review' } | { kind: 'trim'; money: Money };

/** Looks at one limit, given all that was decided before. */
export function applyLimit(
  limit: RawRule,
  labels: RawRule,
  ledger: Entry[],
  asked: Entry,
): LimitVerdict {
  const subject = subjectOf(limit, asked);
  if (subject === undefined) return { kind: 'review' };
  const counted = ledger.filter(
    (entry) => entry.counts && isShared(limit, labels) && subjectOf(limit, entry) === subject,
  );
  const spans = spansThrough(limit, counted, asked.payment.atMs);
  if (limit.times !== undefined) {
    const most = Math.max(...spans.map((span) => span.length));
    return most + 1 > limit.times ? exceeded(limit, undefined) : { kind: 'pass' };
  }
  return applyTotal(limit, spans, asked.money);
}

function applyTotal(limit: RawRule, spans: Entry[][], money: Money | undefined): LimitVerdict {
  if (!money) return { kind: 'pass' };
  const total = ofCurrency(limit.total, money.currency);
  if (!total) return { kind: 'review' };
  const lefts = spans.map((span) =>
    span
      .filter((entry) => entry.money?.currency === money.currency)
      .reduce((left, entry) => left.minus(entry.money?.value ?? Fraction.zero), total.value),
  );
  const least = lefts.reduce((a, b) => (a.compare(b) <= 0 ? a : b));
  if (money.value.compare(least) <= 0) return { kind: 'pass' };
  return exceeded(limit, { value: least, currency: money.currency });
}

function exceeded(limit: RawRule, left: Money | undefined): LimitVerdict {
  if (limit.then === 'review') return { kind: 'review' };
  if (limit.then !== 'trim' || !left?.value.isPositive()) return { kind: 'skip' };
  return { kind: 'trim', money: left };
}

/** What was counted in each span (t − over, t] that the new payout would stand in. */
function spansThrough(limit: RawRule, counted: Entry[], atMs: number): Entry[][] {
  if (limit.over === undefined) return [counted];
  const overMs = plainMs(limit.over);
  const isIn = (ms: number, endMs: number): boolean => ms > endMs - overMs && ms <= endMs;
  return [atMs, ...counted.map((entry) => entry.payment.atMs)]
    .filter((endMs) => isIn(atMs, endMs))
    .map((endMs) => counted.filter((entry) => isIn(entry.payment.atMs, endMs)));
}

/** Whether the rule's own payouts stand in the limit: always, unless another label shares it. */
function isShared(limit: RawRule, labels: RawRule): boolean {
  if (limit.across === undefined) return true;
  const [name, value] = String(limit.across).split('=');
  return labels?.[name ?? ''] === value;
}

function subjectOf(limit: RawRule, entry: Entry): string | undefined {
  if (limit.per === undefined || limit.per === 'rule') return 'rule';
  if (limit.per === 'customer') return keyText(entry.customer);
  const value = scalar(lookup(entry.scope, limit.per));
  return value === undefined ? undefined : keyText(value);
}
