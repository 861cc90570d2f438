import type { RuleDocument } from '@amends/domain';
import { checkRule } from './check/check-rule';
import { ruleShape } from './definition/rule';
import { lintRule } from './lint/lint-rule';
import { Report } from './report/report';
import type { RuleProblem } from './report/rule-problem';
import { Place } from './shape';
import { namedElsewhere, NOTHING_NAMED, type NamedElsewhere } from './rule-references';
import { readSource, type ContentType } from './source/read-source';

export type ParsedRule =
  | {
      readonly ok: true;
      readonly document: RuleDocument;
      /** Doubts; they refuse nothing. */
      readonly lints: readonly RuleProblem[];
    }
  | {
      readonly ok: false;
      /** Every mistake that can be seen at once. */
      readonly problems: readonly RuleProblem[];
      readonly lints: readonly RuleProblem[];
      /** What it names elsewhere, as far as it can be read. */
      readonly named: NamedElsewhere;
    };

export interface ParseOptions {
  /** How a text is to be read; a value that was parsed before is taken as JSON. */
  readonly contentType: ContentType;
}

/**
 * Reads and checks a rule document: text, bytes, or parsed JSON. Never throws. What lies outside of
 * the document (whether its calendar and template exist, what the event types carry) is not looked
 * at here; see `ruleReferences`, `named`.
 */
export function parseRule(source: unknown, { contentType }: ParseOptions): ParsedRule {
  const report = new Report();
  const { problems, lints } = report;
  const place = new Place('', report);
  const read = readSource(source, contentType, place);
  if (read === undefined) return { ok: false, problems, lints, named: NOTHING_NAMED };
  const draft = ruleShape.read(read.value, place);
  if (draft !== undefined) {
    checkRule(draft, report);
    lintRule(draft, report);
  }
  if (draft === undefined) return { ok: false, problems, lints, named: NOTHING_NAMED };
  if (problems.length > 0) return { ok: false, problems, lints, named: namedElsewhere(draft) };
  // Nothing was wrong, so nothing was left out: the draft is the document.
  return { ok: true, document: draft as RuleDocument, lints };
}
