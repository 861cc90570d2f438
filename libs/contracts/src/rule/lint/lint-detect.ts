import { parseDuration } from '@amends/domain';
import type { DetectDraft, RuleDraft } from '../check/rule-draft';
import { listOf } from '../check/rule-draft';
import { isDueDuration } from '../definition/detect-deadline';
import type { Report } from '../report/report';

const YEAR_MS = 365 * 86_400_000;

type Deadline = Extract<DetectDraft, { readonly type?: 'deadline' | undefined }>;

export function lintDetect({ detect }: RuleDraft, report: Report): void {
  if (detect?.type === 'window' && (parseDuration(detect.over ?? '') ?? 0) > YEAR_MS) {
    report.lint('/detect/over', 'long_window');
  }
  if (detect?.type === 'deadline') lintDeadline(detect, report);
}

function lintDeadline(detect: Deadline, report: Report): void {
  if (detect.allow_late !== undefined && parseDuration(detect.allow_late) === 0) {
    report.lint('/detect/allow_late', 'no_lateness');
  }
  for (const type of listOf(detect.expect)) {
    const params = { type };
    if (listOf(detect.start).includes(type))
      report.lint('/detect/expect', 'expect_is_start', { params });
    if (listOf(detect.cancel).includes(type))
      report.lint('/detect/cancel', 'cancel_is_expect', { params });
  }
  const isSpan = detect.due === undefined || isDueDuration(detect.due);
  if (detect.calendar !== undefined && !isSpan && detect.grace === undefined) {
    report.lint('/detect/calendar', 'calendar_unused');
  }
  if (detect.broken_if?.['moves'] !== undefined && detect.extend === undefined) {
    report.lint('/detect/broken_if', 'broken_if_without_extend');
  }
}
