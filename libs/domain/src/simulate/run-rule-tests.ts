import type { CompiledRule } from '../detect';
import type { JsonObject } from '../json';
import type { RuleTest, RuleTestEvent, RuleTestExpectation } from '../rule-document';
import {
  formatDuration,
  formatInstant,
  formatMoney,
  parseDuration,
  parseInstant,
  parseMoneyLiteral,
  SECOND_MS,
} from '../values';
import { type SimulatedIncident, simulateSteps } from './simulate';
import { resultOf, type Steps } from './steps';

export interface RuleTestResult {
  readonly name: string;
  readonly ok: boolean;
  /** What was expected and did not come, or came and was not expected. */
  readonly missing: readonly RuleTestExpectation[];
  readonly unexpected: readonly RuleTestExpectation[];
}

export interface RuleTestReport {
  readonly passed: number;
  readonly failed: number;
  readonly results: readonly RuleTestResult[];
}

const ORIGIN_MS = parseInstant('2026-03-01T00:00:00Z') ?? 0;

/** Runs the `tests` of a rule document (RULES.md, tests) with the evaluator that runs it live. */
export function runRuleTests(rule: CompiledRule): RuleTestReport {
  return resultOf(ruleTestSteps(rule));
}

/** The same in small steps: what a document asks for may take long. */
export function* ruleTestSteps(rule: CompiledRule): Steps<RuleTestReport> {
  const results: RuleTestResult[] = [];
  for (const test of rule.document.tests ?? []) results.push(yield* runRuleTest(rule, test));
  const passed = results.filter((result) => result.ok).length;
  return { passed, failed: results.length - passed, results };
}

function* runRuleTest(rule: CompiledRule, test: RuleTest): Steps<RuleTestResult> {
  const untilMs = ORIGIN_MS + (parseDuration(test.until) ?? 0);
  const events = test.events.map(toEvent);
  const incidents = yield* simulateSteps(rule, events, { untilMs });
  const outcomes = incidents.flatMap(outcomesOf);
  const matched = yield* match(test.expect, outcomes);
  const missing = test.expect.filter((_one, index) => !matched.has(index));
  const taken = new Set(matched.values());
  const unexpected = outcomes
    .filter((outcome, index) => isMandatory(outcome) && !taken.has(index))
    .map(asExpectation);
  const ok = missing.length === 0 && unexpected.length === 0;
  return { name: test.name, ok, missing, unexpected };
}

interface Outcome {
  readonly customer: string;
  readonly pay: string;
  readonly atMs: number;
  readonly refuted: boolean;
}

function outcomesOf({ atMs, customer, payments, refuted }: SimulatedIncident): Outcome[] {
  // What was refuted before its settlement was never decided, and can be asked for all the same.
  if (refuted && payments.length === 0) return [{ customer, pay: 'nothing', atMs, refuted }];
  return payments.map((payment) => ({
    customer,
    pay: payment.outcome === 'paid' ? (payment.amount ?? 'nothing') : payment.outcome,
    atMs: payment.atMs,
    refuted,
  }));
}

/** `at: 0h` is the origin; each event gets an id, `source: test`, and the subject `<type>/<n>` unless given. */
function toEvent(event: RuleTestEvent, index: number): JsonObject {
  const { at, type, subject, customerid, source, id, data } = event;
  return {
    specversion: '1.0',
    id: id ?? `test-${index + 1}`,
    source: source ?? 'test',
    type,
    subject: subject ?? `${type}/${index + 1}`,
    time: formatInstant(ORIGIN_MS + (parseDuration(at) ?? 0)),
    ...(customerid === undefined ? {} : { customerid }),
    ...(data === undefined ? {} : { data }),
  };
}

/** What a customer gets must be listed; what a skip, a person or a refutation kept may be. */
function isMandatory({ pay, refuted }: Outcome): boolean {
  return !refuted && pay !== 'skipped' && pay !== 'review';
}

function meets(expected: RuleTestExpectation, outcome: Outcome): boolean {
  const { customer, pay, at, refuted } = expected;
  if (customer !== undefined && customer !== outcome.customer) return false;
  if ((refuted ?? false) !== outcome.refuted) return false;
  if (at !== undefined && !isAt(at, outcome.atMs)) return false;
  if (pay === undefined) return refuted === true || isMandatory(outcome);
  return asPaid(pay) === outcome.pay;
}

/** A duration has whole seconds: an instant between two, such as the end of a working day, is at either. */
function isAt(at: string, atMs: number): boolean {
  return Math.abs(ORIGIN_MS + (parseDuration(at) ?? NaN) - atMs) < SECOND_MS;
}

/** `5 EUR` and `5.00 EUR` are one sum. */
function asPaid(pay: string): string {
  const literal = parseMoneyLiteral(pay);
  return literal.ok ? formatMoney(literal.money) : pay;
}

/** The largest pairing of expectations with outcomes (augmenting paths: Kuhn's algorithm). */
function* match(
  expected: readonly RuleTestExpectation[],
  outcomes: readonly Outcome[],
): Steps<Map<number, number>> {
  const byOutcome = new Map<number, number>();
  const place = (index: number, tried: Set<number>): boolean => {
    const one = expected[index];
    if (!one) return false;
    for (const [at, outcome] of outcomes.entries()) {
      if (tried.has(at) || !meets(one, outcome)) continue;
      tried.add(at);
      const holder = byOutcome.get(at);
      if (holder !== undefined && !place(holder, tried)) continue;
      byOutcome.set(at, index);
      return true;
    }
    return false;
  };
  for (const index of expected.keys()) {
    place(index, new Set());
    yield;
  }
  return new Map([...byOutcome].map(([outcome, index]) => [index, outcome]));
}

function asExpectation({ customer, pay, atMs, refuted }: Outcome): RuleTestExpectation {
  const at = formatDuration(Math.max(0, atMs - ORIGIN_MS));
  return { customer, pay, at, ...(refuted ? { refuted } : {}) };
}
