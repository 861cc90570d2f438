import type { WhyLine } from '../conditions';
import type { JsonObject } from '../json';
import { type LimitQuery, limitSubjects } from '../limits';
import type { AmountResult } from '../pay';
import { bucket } from '../rollout';
import type { Money } from '../values/money';
import type { CompiledDecision } from './compile-decision';

/** An incident as its decision sees it. */
export interface DecisionIncident {
  readonly ruleId: string;
  readonly version: number;
  readonly customerId: string;
  /** The incident's time (epoch ms): limits count by it. */
  readonly atMs: number;
  /** The event that plain paths speak of. */
  readonly event: JsonObject;
  readonly vars: Readonly<Record<string, unknown>>;
  readonly facts: Readonly<Record<string, unknown>>;
  /** Accrual units settled together; 1 unless given. */
  readonly units?: bigint;
  /** Currency in the customer's file. */
  readonly customerCurrency?: string;
}

/**
 * Whether history has the event of a `skip_if`; `absent`: its `same` path is absent in the
 * incident's event.
 */
export interface SkipLookup {
  readonly index: number;
  readonly hit: boolean | 'absent';
}

export type Assessment = Ended | Open;

/** The decision ends before the limits, and uses none of them. */
export interface Ended {
  readonly kind: 'end';
  readonly outcome: 'skipped' | 'held_out' | 'nothing' | 'undecidable';
  readonly reason: string;
  readonly why: WhyLine[];
}

/** The limits must be looked at. */
export interface Open {
  readonly kind: 'open';
  readonly rule: CompiledDecision;
  readonly atMs: number;
  /** null: a word only, or (with `review`) a sum that a person must name. */
  readonly money: Money | null;
  readonly review?: string;
  /** More than `approve_over`, before limits have trimmed it. */
  readonly needsApproval: boolean;
  /** One query per limit, in list order. */
  readonly limits: LimitQuery[];
  readonly why: WhyLine[];
}

/**
 * The steps of semantics 5 that need no shared counters: skip_if, amount with min and max, rollout
 * bucket.
 * @param percent of customers the rule is live for, 0 to 100; 100 in shadow, tests and back-test
 */
export function assess(
  rule: CompiledDecision,
  incident: DecisionIncident,
  skip: readonly SkipLookup[],
  percent: number,
): Assessment {
  const skipped = lookAtSkips(skip);
  if (skipped.hit) return end('skipped', 'already put right', skipped.why);
  const owed = rule.pay.amount(incident, incident.units, incident.customerCurrency);
  const rollout = lookAtRollout(rule.ruleId, incident.customerId, percent);
  const why = [...skipped.why, ...owed.why];
  if (owed.kind === 'undecidable') return end('undecidable', owed.path, why);
  why.push(rollout.line);
  if (!rollout.ok) return end('held_out', 'held out', why);
  if (owed.kind === 'nothing' && rule.pay.as !== 'nothing') return end('nothing', 'no amount', why);
  const review = skipped.review ?? reviewOf(owed);
  return {
    kind: 'open',
    rule,
    atMs: incident.atMs,
    money: owed.kind === 'pay' ? owed.money : null,
    needsApproval: owed.kind === 'pay' && owed.needsApproval,
    limits: limitSubjects(rule.limits, incident, incident.customerId),
    why,
    ...(review === undefined ? {} : { review }),
  };
}

function lookAtSkips(skip: readonly SkipLookup[]): {
  hit: boolean;
  review: string | undefined;
  why: WhyLine[];
} {
  const why: WhyLine[] = [];
  let review: string | undefined;
  for (const { index, hit } of skip) {
    why.push({ skip_if: index, hit });
    if (hit === true) return { hit, review, why };
    if (hit === 'absent') review ??= `skip_if ${index}: same absent`;
  }
  return { hit: false, review, why };
}

function lookAtRollout(
  ruleId: string,
  customerId: string,
  percent: number,
): { ok: boolean; line: WhyLine } {
  const number = bucket(ruleId, customerId);
  const ok = number < percent;
  const line = { rollout: `bucket ${number} of 100 ${ok ? '<' : '>='} ${percent}`, ok };
  return { ok, line };
}

function reviewOf(owed: AmountResult): string | undefined {
  if (owed.kind === 'review') return owed.reason;
  return owed.kind === 'pay' ? owed.needsReview : undefined;
}

function end(outcome: Ended['outcome'], reason: string, why: WhyLine[]): Ended {
  return { kind: 'end', outcome, reason, why };
}
