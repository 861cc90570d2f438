import {
  compileRule,
  ruleTestSteps,
  type CalendarDocument,
  type RuleDocument,
  type RuleTestExpectation,
  type RuleTestReport,
  type RuleTestResult,
} from '@amends/domain';
import type { RefusalItem } from '../access/refusal';
import { inSlices } from './in-slices';

const TESTS_MS = 10_000;

/** What is said of tests that were given up. */
export const TESTS_TOO_LONG: RefusalItem = {
  pointer: '/tests',
  code: 'tests_too_long',
  message: {
    en: `The tests take longer than ${String(TESTS_MS / 1_000)} s`,
    zh: `测试耗时超过 ${String(TESTS_MS / 1_000)} 秒`,
  },
};

/**
 * Runs the tests of a document whose references are known to exist, while others have their turn too.
 * Undefined: they take too long.
 */
export function testRule(
  document: RuleDocument,
  calendars: ReadonlyMap<string, CalendarDocument>,
): Promise<RuleTestReport | undefined> {
  const rule = compileRule(document, { version: 1, calendars });
  return inSlices(ruleTestSteps(rule), { totalMs: TESTS_MS });
}

/** Each failing test with what it expected and what came. */
export function failedTests(report: RuleTestReport): RefusalItem[] {
  return report.results.flatMap((result, index) =>
    result.ok ? [] : [{ pointer: `/tests/${String(index)}`, ...describe(result) }],
  );
}

/** What came of a failing test, in words. */
export function describeFailure(result: RuleTestResult): RefusalItem['message'] {
  return describe(result).message;
}

function describe({ name, missing, unexpected }: RuleTestResult) {
  const wanted = listed(missing);
  const came = listed(unexpected);
  const en = [
    wanted === '' ? undefined : `expected and did not come: ${wanted}`,
    came === '' ? undefined : `came and was not expected: ${came}`,
  ];
  const zh = [
    wanted === '' ? undefined : `应有而未出现：${wanted}`,
    came === '' ? undefined : `不应有却出现：${came}`,
  ];
  const words = (parts: readonly (string | undefined)[], mark: string) =>
    parts.filter((part) => part !== undefined).join(mark);
  return {
    code: 'test_failed',
    message: { en: `"${name}": ${words(en, '; ')}`, zh: `“${name}”：${words(zh, '；')}` },
  };
}

const LISTED_MAX = 20;

function listed(expectations: readonly RuleTestExpectation[]): string {
  const more = expectations.length - LISTED_MAX;
  return [
    ...expectations.slice(0, LISTED_MAX).map((one) => JSON.stringify(one)),
    ...(more > 0 ? [`… (+${String(more)})`] : []),
  ].join(', ');
}
