import type { WhyLine } from '../conditions';
import { type LimitEntry, type LimitQuery, applyLimits } from '../limits';
import type { Money } from '../values/money';
import type { Open } from './assess';

/** Whose counters an entry goes into, each once. */
export type LimitSubject = Pick<LimitQuery, 'scope' | 'per'> & { readonly subject: string };

/** What the rule decides; budgets and holds come after, and are not the rule's. */
export interface Conclusion {
  /** `review`: a person decides, and until then the sum is reserved. */
  readonly outcome: 'pay' | 'review' | 'skipped';
  /** Why it is skipped or a person decides. */
  readonly reason?: string;
  /** null: a word only, or (in review) a sum that a person must name. */
  readonly money: Money | null;
  /** Where the entry is reserved; nowhere if skipped. */
  readonly reserve: LimitSubject[];
  readonly why: WhyLine[];
}

/**
 * The last steps of the order of decision: limits in list order, then `approve_over` on what they
 * leave.
 * @param usages per limit the entries its query asked for, read under its lock
 */
export function conclude(assessment: Open, usages: readonly (readonly LimitEntry[])[]): Conclusion {
  const { rule, limits: queries, atMs } = assessment;
  const limited = applyLimits(rule.limits, queries, usages, atMs, assessment.money);
  const why = [...assessment.why, ...limited.why];
  if (limited.kind === 'skip') {
    return { outcome: 'skipped', reason: limited.reason, money: null, reserve: [], why };
  }
  const { money } = limited;
  const approval = money ? rule.pay.approval(money) : { needed: false, why: [] };
  why.push(...approval.why);
  const review =
    assessment.review ?? limited.review ?? (approval.needed ? 'approve_over' : undefined);
  const reserve = subjectsOf(queries);
  if (review === undefined) return { outcome: 'pay', money, reserve, why };
  return { outcome: 'review', reason: review, money, reserve, why };
}

/** Two limits over one subject share its entries, which must not be counted twice. */
function subjectsOf(queries: readonly LimitQuery[]): LimitSubject[] {
  const subjects = new Map<string, LimitSubject>();
  for (const { scope, per, subject } of queries) {
    if (subject === undefined) continue;
    subjects.set(JSON.stringify([scope, per, subject]), { scope, per, subject });
  }
  return [...subjects.values()];
}
