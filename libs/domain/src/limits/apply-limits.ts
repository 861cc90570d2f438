import type { WhyLine } from '../conditions';
import { inCurrency } from '../pay';
import { type Money, minorToString } from '../values/money';
import type { CompiledLimit, LimitQuery } from './compile-limits';
import { type LimitEntry, peakUsage } from './entries';

/** What the limits leave of a payout. */
export type LimitsOutcome =
  | {
      readonly kind: 'pass';
      /** Trimmed, if a limit trims; null for a word only. */
      readonly money: Money | null;
      /** Why a person must decide, if a limit says so. */
      readonly review?: string;
      readonly why: WhyLine[];
    }
  | { readonly kind: 'skip'; readonly reason: string; readonly why: WhyLine[] };

/**
 * Applies the limits in list order to a payout at `atMs`. A trim pays what is left, a review lets
 * later limits be looked at, a skip ends it and wins over both.
 * @param usages for each limit the entries of its query
 */
export function applyLimits(
  limits: readonly CompiledLimit[],
  queries: readonly LimitQuery[],
  usages: readonly (readonly LimitEntry[])[],
  atMs: number,
  payout: Money | null,
): LimitsOutcome {
  const why: WhyLine[] = [];
  let money = payout;
  let review: string | undefined;
  for (const limit of limits) {
    const known = queries[limit.index]?.subject !== undefined;
    const verdict = known
      ? judge(limit, usages[limit.index] ?? [], atMs, money)
      : unknownSubject(limit);
    why.push(verdict.line);
    if (verdict.kind === 'skip') return { kind: 'skip', reason: `limit ${limit.index}`, why };
    if (verdict.kind === 'trim') money = verdict.money;
    if (verdict.kind === 'review') review ??= verdict.reason;
  }
  return { kind: 'pass', money, why, ...(review === undefined ? {} : { review }) };
}

type Verdict =
  | { readonly kind: 'pass'; readonly line: WhyLine }
  | { readonly kind: 'trim'; readonly money: Money; readonly line: WhyLine }
  | { readonly kind: 'review'; readonly reason: string; readonly line: WhyLine }
  | { readonly kind: 'skip'; readonly line: WhyLine };

function judge(
  limit: CompiledLimit,
  entries: readonly LimitEntry[],
  atMs: number,
  money: Money | null,
): Verdict {
  const byTimes = limit.times === undefined ? undefined : judgeTimes(limit, entries, atMs);
  if (byTimes && byTimes.kind !== 'pass') return byTimes;
  if (!limit.total) return byTimes ?? { kind: 'pass', line: { limit: limit.index, ok: true } };
  return judgeTotal(limit, entries, atMs, money);
}

function judgeTimes(limit: CompiledLimit, entries: readonly LimitEntry[], atMs: number): Verdict {
  const times = limit.times ?? 0;
  const used = Number(peakUsage(entries, atMs, limit.overMs, () => 1n));
  const left = Math.max(times - used, 0);
  const line = { limit: limit.index, used, left };
  return left > 0 ? { kind: 'pass', line: { ...line, ok: true } } : exceeded(limit, line);
}

function judgeTotal(
  limit: CompiledLimit,
  entries: readonly LimitEntry[],
  atMs: number,
  money: Money | null,
): Verdict {
  // A word costs nothing; and of a sum that is not known yet nothing can be said.
  if (!money) return { kind: 'pass', line: { limit: limit.index, ok: true } };
  const { currency } = money;
  const total = limit.total && inCurrency(limit.total, currency);
  if (!total) {
    const reason = 'currency_not_covered';
    return { kind: 'review', reason, line: { limit: limit.index, review: reason, currency } };
  }
  const used = peakUsage(entries, atMs, limit.overMs, (entry) =>
    entry.currency === currency ? entry.minor : 0n,
  );
  const left = total.minor > used ? total.minor - used : 0n;
  const line = {
    limit: limit.index,
    used: minorToString({ minor: used, currency }),
    left: minorToString({ minor: left, currency }),
  };
  if (money.minor <= left) return { kind: 'pass', line: { ...line, ok: true } };
  if (limit.then !== 'trim' || left === 0n) return exceeded(limit, line);
  const trimmed = minorToString({ minor: left, currency });
  return { kind: 'trim', money: { minor: left, currency }, line: { ...line, trimmed, ok: true } };
}

/** Nothing is left to trim to, so a limit that trims skips. */
function exceeded(limit: CompiledLimit, line: WhyLine): Verdict {
  if (limit.then === 'review') {
    return { kind: 'review', reason: `limit ${limit.index}`, line: { ...line, ok: false } };
  }
  return { kind: 'skip', line: { ...line, ok: false } };
}

function unknownSubject(limit: CompiledLimit): Verdict {
  const reason = `${limit.per} absent`;
  return { kind: 'review', reason, line: { limit: limit.index, review: reason } };
}
