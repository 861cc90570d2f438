import type { CompiledFacts } from '@amends/domain';
import type { Report } from '../report/report';
import { checkFactType } from './check-fact-type';
import type { RuleDraft } from './rule-draft';

const NEED_MIN_EVENTS = ['avg', 'share', 'ratio'];

/** What a `detect` demands across its keys. */
export function checkDetect(
  { detect }: RuleDraft,
  facts: CompiledFacts | undefined,
  report: Report,
): void {
  if (detect?.type === 'deadline') {
    checkFactType(detect.due, 'instant', '/detect/due', facts, report);
  }
  if (detect?.type !== 'window' || typeof detect.measure !== 'object') return;
  const [measure = ''] = Object.keys(detect.measure);
  const isMissing = detect.min_events === undefined && !report.hasProblemAt('/detect/min_events');
  if (isMissing && NEED_MIN_EVENTS.includes(measure)) {
    report.problem('/detect/measure', 'min_events_required', { params: { measure } });
  }
}
