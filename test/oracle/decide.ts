import { timeOf } from './arrivals';
import { amountOf, ofCurrency } from './amount';
import { holds } from './condition';
import type { Entry } from './entry';
import { keyText, scalar } from './key';
import { applyLimit } from './limit';
import { formatMoney } from './money';
import type { OraclePayment, RawRule } from './model';
import { lookup, type Scope } from './scope';
import { plainMs } from './span';
import { isNamed } from './types-named';
import type { World } from './world';

/** What is to be decided: for whom, when, on which data, and for how many units at once. */
export interface Question {
  scope: Scope;
  customer: string;
  atMs: number;
  unit?: number;
  units?: number;
}

/** Semantics 5: skip_if → amount, min, max → limits in list order → approve_over. */
export function decide(world: World, question: Question): OraclePayment {
  const { scope, customer, atMs } = question;
  const payment: OraclePayment = { atMs, outcome: 'paid' };
  if (question.unit !== undefined) payment.unit = question.unit;
  const entry: Entry = { payment, scope, customer, counts: false };
  settle(world, entry, question.units ?? 1);
  world.ledger.push(entry);
  if (entry.money && (payment.outcome === 'paid' || payment.outcome === 'review')) {
    payment.amount = formatMoney(entry.money);
  }
  return payment;
}

function settle(world: World, entry: Entry, units: number): void {
  const { pay } = world.rule;
  const end = (outcome: OraclePayment['outcome'], counts: boolean): void => {
    entry.payment.outcome = outcome;
    entry.counts = counts;
  };

  const already = (world.rule.skip_if ?? []).map((check: RawRule) =>
    putRight(world, check, entry.scope),
  );
  if (already.includes(true)) return end('skipped', false);
  let review: boolean = already.includes(undefined);

  if (pay.as !== 'nothing') {
    const amount = amountOf(pay, entry.scope, units);
    if (amount.kind === 'nothing') return end('nothing', false);
    review ||= amount.kind === 'unknown' || amount.review;
    if (amount.kind === 'money') entry.money = amount.money;
  }

  for (const limit of world.rule.limits ?? []) {
    const verdict = applyLimit(limit, world.rule.labels, world.ledger, entry);
    if (verdict.kind === 'skip') return end('skipped', false);
    if (verdict.kind === 'trim') entry.money = verdict.money;
    review ||= verdict.kind === 'review';
  }

  if (pay.approve_over !== undefined && entry.money) {
    const bound = ofCurrency(pay.approve_over, entry.money.currency);
    review ||= !bound || entry.money.value.compare(bound.value) > 0;
  }
  if (review) return end('review', true);
  end(pay.as === 'nothing' ? 'nothing' : 'paid', true);
}

/** Whether history shows it put right; undefined when the incident's event lacks the path. */
function putRight(world: World, check: RawRule, scope: Scope): boolean | undefined {
  const same = scalar(lookup(scope, check.same));
  if (same === undefined) return undefined;
  const fromMs = check.over === undefined ? -Infinity : world.clockMs - plainMs(check.over);
  return world.read.some((event) => {
    const there = { event, names: {}, lets: world.rule.detect.let };
    return (
      isNamed(check.event, event) &&
      timeOf(event) > fromMs &&
      timeOf(event) <= world.clockMs &&
      keyText(scalar(lookup(there, check.same)) ?? null) === keyText(same) &&
      holds(check.where, there)
    );
  });
}
