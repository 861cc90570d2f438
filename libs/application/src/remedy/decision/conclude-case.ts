import {
  conclude,
  formatMoney,
  type JsonObject,
  type Money,
  type Open,
  type Scope,
  type WhyLine,
} from '@amends/domain';
import { derivedId } from '../../ids/ids';
import type { Settings } from '../../settings/settings-document';
import { conspicuous, type AbuseDesk, type Claim } from '../abuse/abuse-desk';
import { needsTwo, OVER_SECOND_THRESHOLD } from '../approvals/second-threshold';
import type { Budgets, BudgetVerdict } from '../budgets/budgets';
import type { OpenHolds } from '../holds/open-holds';
import { overItemCap } from '../exit/item-cap';
import type { CounterSubject } from '../limits/guard-name';
import { wordRef, type CounterQuery, type LimitCounters } from '../limits/limit-counters';
import { ruleMessage } from '../messages/queue-messages';
import { wordOf } from '../messages/word-of';
import { contentHash, type Compensation, type CompensationKind } from '../model/compensation';
import { LIVE_LANE } from '../model/incident';
import type { Payouts } from '../money/payouts';
import type { VoucherPools } from '../money/voucher-pools';
import { needsPerson } from '../payout/needs-person';
import type { Remedy } from '../remedy';
import type { RemedyRule } from '../rules/rule-book';
import { ruleAuthor } from '../store/audit-rows';
import type { Case } from './load-cases';
import type { Verdict } from './verdict';

/** What a batch shares while its decisions are made one after the other. */
export interface DecisionDesk {
  readonly remedy: Remedy;
  readonly counters: LimitCounters;
  readonly budgets: Budgets;
  readonly holds: OpenHolds;
  readonly pools: VoucherPools;
  readonly payouts: Payouts;
  readonly abuse: AbuseDesk;
  readonly settings: Pick<Settings, 'second_approver_over' | 'item_caps'>;
}

/** An assessment with everything it counts in: its own limits and those across its labels. */
export interface OpenCase {
  readonly case: Case;
  readonly assessment: Open;
  readonly queries: readonly CounterQuery[];
  readonly subjects: readonly (CounterSubject & { readonly lane: number })[];
}

/** The last steps of semantics 5, under the locks: limits, approve_over, budgets, holds. */
export function concludeCase(desk: DecisionDesk, open: OpenCase): Verdict {
  const { case: decided, assessment, queries } = open;
  const conclusion = conclude(
    assessment,
    queries.map((query) => desk.counters.usage(query)),
  );
  const { money, why, reason } = conclusion;
  noteLimits(desk.remedy, why);
  if (conclusion.outcome === 'skipped') {
    return { case: decided, outcome: 'skipped', state: 'skipped', why };
  }
  const owesMoney = decided.rule.decision.pay.as !== 'nothing';
  const review = conclusion.outcome === 'review' ? (reason ?? 'review') : undefined;
  const verdict = !owesMoney
    ? concludeWord(decided, why, review)
    : money === null
      ? nameless(decided, why, review)
      : concludeMoney(desk, decided, { money, why, review });
  const counts = verdict.compensation !== undefined || verdict.apology !== undefined || !owesMoney;
  if (!counts || verdict.state === 'skipped' || verdict.state === 'failed') return verdict;
  const entry = {
    atMs: decided.row.atMs,
    minor: money?.minor ?? 0n,
    currency: money?.currency ?? null,
    ref: verdict.compensation?.id ?? wordRef(decided.incident.id, decided.row.unit),
  };
  desk.counters.add(decided.incident.lane, open.subjects, entry);
  return verdict;
}

/** An apology without money. */
function concludeWord(decided: Case, why: WhyLine[], review: string | undefined): Verdict {
  const { incident, rule, row } = decided;
  if (review !== undefined) {
    const told = [...why, { review }];
    return { case: decided, outcome: 'review', state: 'review', why: told, bareReview: review };
  }
  const about = { id: incident.id, customerId: row.customerId, eventTimeMs: row.atMs };
  const apology = incident.lane === LIVE_LANE && wordOf(rule.document, about, row.unit);
  const verdict = { case: decided, outcome: 'apology_only', state: 'apologised', why } as const;
  return apology ? { ...verdict, apology } : verdict;
}

/** A person must name the sum, and is asked to. */
function nameless(decided: Case, why: WhyLine[], review = 'review'): Verdict {
  const told = [...why, { review }];
  return { case: decided, outcome: 'review', state: 'review', why: told, bareReview: review };
}

function concludeMoney(
  desk: DecisionDesk,
  decided: Case,
  owed: { money: Money; why: WhyLine[]; review: string | undefined },
): Verdict {
  const { money, why } = owed;
  const tooMuch =
    owed.review ??
    overItemCap(desk.settings, money) ??
    // Whatever the rule itself asks for: nothing over it leaves without two people.
    (needsTwo(desk.settings, money) ? OVER_SECOND_THRESHOLD : undefined);
  if (decided.incident.lane !== LIVE_LANE)
    return shadowed(decided, { money, why, review: tooMuch });

  const proposed = propose(decided, money);
  if (proposed === undefined) {
    const path = decided.rule.document.pay.payment ?? 'pay.payment';
    why.push({ payment: path, undecidable: true, ok: false });
    return { case: decided, outcome: 'undecidable', state: 'failed', why, undecidable: path };
  }
  const budget = desk.budgets.reserve(proposed, decided.row.clockMs);
  const line = budgetLine(budget);
  if (line) why.push(line);
  if (budget.kind === 'exhausted') desk.remedy.observer.limited('budget', budget.then);
  if (budget.kind === 'exhausted' && budget.then === 'skip') {
    return { case: decided, outcome: 'skipped', state: 'skipped', why };
  }
  const budgetId = budget.kind === 'reserved' ? budget.budgetId : null;
  const claim = claimOf(decided);
  const signals = desk.abuse.signals(claim);
  why.push(...signals);
  desk.abuse.count(claim);
  const exhausted = budget.kind === 'exhausted' ? 'budget exhausted' : undefined;
  const review =
    tooMuch ??
    exhausted ??
    needsPerson(desk.remedy, proposed) ??
    desk.pools.missing(proposed, ruleMessage(decided.rule.document)?.templateId ?? null) ??
    conspicuous(signals);
  const compensation: Compensation = { ...proposed, budgetId, needsApproval: review !== undefined };
  if (review !== undefined) {
    why.push({ review });
    return {
      case: decided,
      outcome: 'review',
      why,
      compensation: { ...compensation, state: 'awaiting_approval' },
      approvalReason: review,
    };
  }
  return payOrHold(desk, decided, compensation, why);
}

/** What the signals of abuse are looked up by. */
export function claimOf({ rule, row, scope }: Case): Claim {
  return { customerId: row.customerId, ruleId: rule.id, event: scope.event };
}

function payOrHold(
  desk: DecisionDesk,
  decided: Case,
  compensation: Compensation,
  why: WhyLine[],
): Verdict {
  const { rule, incident, scope } = decided;
  const hold = desk.holds.stops('payments', {
    customerId: compensation.customerId,
    ruleId: rule.id,
    labels: rule.document.labels ?? {},
    scope,
  });
  if (hold !== undefined) {
    why.push({ hold, ok: false });
    const held: Compensation = { ...compensation, state: 'held', heldBy: hold };
    return { case: decided, outcome: 'held', why, compensation: held };
  }
  const author = ruleAuthor(rule.id, incident.ruleVersion);
  const started = desk.payouts.start(compensation, ruleMessage(rule.document), author);
  if (started.state === 'held') why.push({ held_by: started.heldBy, ok: false });
  return { case: decided, outcome: 'pay', why, compensation: started };
}

/** Shadow counts as if it had paid, and leaves it at that. */
function shadowed(
  decided: Case,
  { money, why, review }: { money: Money; why: WhyLine[]; review: string | undefined },
): Verdict {
  if (review !== undefined) why.push({ review });
  const compensation = propose(decided, money);
  why.push({ shadow: true, would_pay: formatMoney(money), ok: review === undefined });
  return { case: decided, outcome: 'shadow', why, ...(compensation && { compensation }) };
}

/** Undefined when it is a refund and the payment it goes back to is not known. */
function propose(decided: Case, money: Money): Compensation | undefined {
  const { row, incident, rule, scope } = decided;
  const { as } = rule.document.pay;
  const payment = paymentOf(rule, scope);
  if (as === 'refund' && payment === null) return undefined;
  const content = {
    incidentId: incident.id,
    unit: row.unit,
    customerId: row.customerId,
    kind: as as CompensationKind,
    money,
    payment,
    orderId: orderOf(scope),
  };
  return {
    ...content,
    brand: decided.brand,
    id: derivedId('cmp', row.atMs, `${incident.id}:${String(row.unit)}`),
    ruleId: rule.id,
    ruleVersion: incident.ruleVersion,
    state: 'proposed',
    reason: null,
    template: null,
    proposedBy: `rule:${rule.id}@${String(incident.ruleVersion)}`,
    needsApproval: false,
    contentHash: contentHash(content),
    budgetId: null,
    budgetPeriod: null,
    provider: null,
    voucherCode: null,
    heldBy: null,
    round: 1,
    incidentAtMs: row.atMs,
    revision: 1,
  };
}

/** The payment that a refund goes back to, as the event names it. */
export function paymentOf(rule: RemedyRule, scope: Scope): string | null {
  return textOf(rule.decision.readPayment?.(scope));
}

/** The order an incident is about, as its event names it. */
export function orderOf({ event: { data } }: Scope): string | null {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return null;
  return textOf((data as JsonObject)['order_id']);
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' ? String(value) : null;
}

function budgetLine(budget: BudgetVerdict): WhyLine | undefined {
  if (budget.kind === 'none') return undefined;
  const left = formatMoney(budget.left);
  return { budget: budget.budgetId, left, ok: budget.kind === 'reserved' };
}

function noteLimits({ observer }: Remedy, why: readonly WhyLine[]): void {
  for (const line of why) {
    if (line['limit'] === undefined) continue;
    if (line['trimmed'] !== undefined) observer.limited('limit', 'trim');
    else if (line['review'] !== undefined) observer.limited('limit', 'review');
    else if (line['ok'] === false) observer.limited('limit', 'skip');
  }
}
