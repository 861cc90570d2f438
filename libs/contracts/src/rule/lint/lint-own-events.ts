import { isOwnType, OWN_EVENT_TYPES } from '@amends/domain';
import { detectTypes, openingTypes } from '../check/detect-types';
import { listOf, type RuleDraft } from '../check/rule-draft';
import { nearest } from '../report/nearest';
import type { Report } from '../report/report';

/** What is seldom meant where a rule watches what the service itself does (ADR 12). */
export function lintOwnEvents(draft: RuleDraft, report: Report): void {
  const { detect, skip_if: skipIfs } = draft;
  const skips = (skipIfs ?? []).flatMap((skip) => listOf(skip?.event));
  for (const type of new Set([...detectTypes(detect).all, ...skips])) {
    if (isOwnType(type) && !OWN_EVENT_TYPES.includes(type)) lintUnknown(type, report);
  }
  const own = openingTypes(detect).find(isOwnType);
  if (own === undefined || isLimited(draft)) return;
  report.lint('', 'own_events_unlimited', { params: { type: own } });
}

function lintUnknown(type: string, report: Report): void {
  const near = nearest(type, OWN_EVENT_TYPES);
  report.lint('/detect', 'unknown_own_event', {
    params: { type },
    hint: near === undefined ? undefined : ['did_you_mean', { name: near }],
  });
}

/** An apology alone is a message, and messages are events, too. */
function isLimited({ pay, limits, message }: RuleDraft): boolean {
  if (pay?.as === 'nothing' && message === undefined) return true;
  return limits?.some(({ per } = {}) => per === 'customer' || per === 'customerid') ?? false;
}
