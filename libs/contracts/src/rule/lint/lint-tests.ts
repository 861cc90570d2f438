import { detectTypes } from '../check/detect-types';
import { listOf, type RuleDraft } from '../check/rule-draft';
import { nearest } from '../report/nearest';
import type { Report } from '../report/report';

export function lintTests({ detect, skip_if: skipIfs, tests }: RuleDraft, report: Report): void {
  if (tests === undefined || tests.length === 0) {
    report.lint('', 'no_tests');
    return;
  }
  const skips = (skipIfs ?? []).flatMap((skip) => listOf(skip?.event));
  const known = new Set([...detectTypes(detect).all, ...skips]);
  const names = new Set<string>();
  tests.forEach((test, index) => {
    const pointer = `/tests/${index}`;
    if (test?.name !== undefined && names.has(test.name)) {
      report.lint(`${pointer}/name`, 'duplicate_test_name');
    }
    if (test?.name !== undefined) names.add(test.name);
    test?.events?.forEach((event, at) => {
      if (event?.type !== undefined && !known.has(event.type)) {
        lintType(event.type, `${pointer}/events/${at}/type`, known, report);
      }
    });
  });
}

function lintType(type: string, pointer: string, known: Iterable<string>, report: Report): void {
  const near = nearest(type, known);
  report.lint(pointer, 'unrelated_test_event', {
    params: { type },
    hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
  });
}
