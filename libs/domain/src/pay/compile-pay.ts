import type { WhyLine } from '../conditions/why';
import type { Monies, Pay, PayAs } from '../rule-document';
import { type Money, minorToString } from '../values/money';
import { compilePath } from '../values/path';
import type { Scope } from '../values/scope';
import { compileBaseAmount } from './base-amount';
import { Bounded } from './bounded';
import { type CompiledMonies, compileMonies, inCurrency } from './monies';

export type AmountResult =
  | {
      readonly kind: 'pay';
      readonly money: Money;
      /** Why a person must look at it first, whatever the sum. */
      readonly needsReview?: string;
      /** More than `approve_over`, before limits have trimmed it. */
      readonly needsApproval: boolean;
      readonly why: WhyLine[];
    }
  /** `as: nothing`, below the lowest band, or zero or less. */
  | { readonly kind: 'nothing'; readonly why: WhyLine[] }
  | { readonly kind: 'review'; readonly reason: string; readonly why: WhyLine[] }
  | { readonly kind: 'undecidable'; readonly path: string; readonly why: WhyLine[] };

/** Whether a sum needs a person; `review` if `approve_over` says nothing of its currency. */
export interface Approval {
  readonly needed: boolean;
  readonly review?: string;
  readonly why: WhyLine[];
}

export interface CompiledPay {
  readonly as: PayAs;
  /** Paths that the amount is read from. */
  readonly paths: readonly string[];
  /**
   * The amount owed. Order of work: amount (of the band, within the band's own bounds), times
   * `units`, min, max, one rounding half up.
   * @param units accrual units settled together; min, max and rounding work once on their sum
   * @param customerCurrency decides where the amount is a list and the event has no `data.currency`
   */
  readonly amount: (scope: Scope, units?: bigint, customerCurrency?: string) => AmountResult;
  /** Compares a sum with `approve_over`. */
  readonly approval: (money: Money) => Approval;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Compiles a validated `pay` block. */
export function compilePay(
  pay: Pay,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string> = NO_NAMES,
): CompiledPay {
  const approveOver = compileOptional(pay.approve_over);
  const approval = (money: Money): Approval => compareApproval(approveOver, money);
  if (pay.as === 'nothing') {
    const nothing: AmountResult = { kind: 'nothing', why: [{ pay: 'nothing' }] };
    return { as: pay.as, paths: [], amount: () => nothing, approval };
  }
  if (!pay.amount) throw new Error(`pay.amount is missing, which as: ${pay.as} needs`);
  const paths: string[] = [];
  const read = compileBaseAmount(pay.amount, (path) => {
    paths.push(path);
    return compilePath(path, factNames, varNames);
  });
  const min = compileOptional(pay.min);
  const max = compileOptional(pay.max);
  const amount: CompiledPay['amount'] = (scope, units = 1n, customerCurrency) => {
    const base = read(scope, customerCurrency);
    if (base.kind !== 'amount') return { ...base, why: [base.why] };
    const work = new Bounded(base.exact, base.why);
    if (work.isZeroOrLess()) return { kind: 'nothing', why: work.why(null) };
    work.raiseTo(base.min);
    work.lowerTo(base.max);
    work.multiplyBy(units);
    if (work.isZeroOrLess()) return { kind: 'nothing', why: work.why(null) };
    work.raiseTo(min);
    work.lowerTo(max);
    return finish(work, approval);
  };
  return { as: pay.as, paths, amount, approval };
}

function finish(work: Bounded, approval: (money: Money) => Approval): AmountResult {
  const money = work.round();
  const why = work.why(money);
  if (money.minor <= 0n) return { kind: 'nothing', why };
  const { needed, review } = approval(money);
  const needsReview = work.needsReview ?? review;
  return {
    kind: 'pay',
    money,
    needsApproval: needed,
    why,
    ...(needsReview === undefined ? {} : { needsReview }),
  };
}

function compareApproval(approveOver: CompiledMonies | undefined, money: Money): Approval {
  if (!approveOver) return { needed: false, why: [] };
  const bound = inCurrency(approveOver, money.currency);
  if (!bound) {
    const review = 'currency_not_covered';
    return {
      needed: true,
      review,
      why: [{ review, by: 'approve_over', currency: money.currency }],
    };
  }
  const needed = money.minor > bound.minor;
  const sign = needed ? '>' : '<=';
  const approval = `${minorToString(money)} ${sign} ${minorToString(bound)}`;
  return { needed, why: [{ approval, needed }] };
}

function compileOptional(monies: Monies | undefined): CompiledMonies | undefined {
  return monies === undefined ? undefined : compileMonies(monies);
}
