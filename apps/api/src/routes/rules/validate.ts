import {
  blastRadius,
  checkReferences,
  describeFailure,
  testRule,
  TESTS_TOO_LONG,
  type BlastRadius,
  type Database,
  type History,
} from '@amends/application';
import { ruleReferences, sentence, type Language, type ParsedRule } from '@amends/contracts';
import { moneyToJson, type RuleTestReport } from '@amends/domain';
import { remarkIn } from './rule-view';

/** Everything there is to say about a document that is not saved. */
export async function validate(
  database: Database,
  history: History,
  parsed: ParsedRule,
  language: Language,
  nowMs: number,
) {
  const lints = parsed.lints.map((lint) => remarkIn(lint, language));
  if (!parsed.ok) {
    const missing = await checkReferences(database, parsed.named);
    const problems = [...parsed.problems, ...missing.problems].map((problem) =>
      remarkIn(problem, language),
    );
    return { valid: false, problems, lints, sentence: null, tests: null, blast_radius: null };
  }
  const { document } = parsed;
  const { problems, calendars } = await checkReferences(database, ruleReferences(document));
  const hasCalendars = problems.every(({ code }) => code !== 'unknown_calendar');
  const report = hasCalendars ? await testRule(document, calendars) : undefined;
  if (hasCalendars && report === undefined) problems.push(TESTS_TOO_LONG);
  const radius = hasCalendars
    ? await blastRadius(database, history, document, calendars, nowMs)
    : undefined;
  return {
    valid: problems.length === 0 && report?.failed === 0,
    problems: problems.map((problem) => remarkIn(problem, language)),
    lints,
    sentence: sentence(document),
    tests: report === undefined ? null : testsView(report, language),
    blast_radius: radius === undefined ? null : radiusView(radius),
  };
}

function testsView({ passed, failed, results }: RuleTestReport, language: Language) {
  return {
    passed,
    failed,
    results: results.map((result) => ({
      name: result.name,
      ok: result.ok,
      ...(result.ok ? {} : { message: describeFailure(result)[language] }),
    })),
  };
}

function radiusView(radius: BlastRadius) {
  return {
    from: new Date(radius.fromMs),
    to: new Date(radius.toMs),
    events_read: radius.eventsRead,
    is_complete: radius.isComplete,
    incidents: radius.incidents,
    customers: radius.customers,
    reviews: radius.reviews,
    money: radius.money.map(moneyToJson),
  };
}
