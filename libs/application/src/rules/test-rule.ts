import {
  compileRule,
  runRuleTests,
  type CalendarDocument,
  type RuleDocument,
  type RuleTestReport,
  type RuleTestResult,
} from '@amends/domain';
import type { RefusalItem } from '../access/refusal';

/** Runs the tests of a document whose references are known to exist. */
export function testRule(
  document: RuleDocument,
  calendars: ReadonlyMap<string, CalendarDocument>,
): RuleTestReport {
  return runRuleTests(compileRule(document, { version: 1, calendars }));
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
  const wanted = missing.map((one) => JSON.stringify(one)).join(', ');
  const came = unexpected.map((one) => JSON.stringify(one)).join(', ');
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
