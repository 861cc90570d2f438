import { entityTag, lanesOf, versionStem, type RefusalItem, type RuleRow } from '@amends/application';
import { parseRule, sentence, type Language, type RuleProblem } from '@amends/contracts';

export function ruleViewOf(row: RuleRow, language: Language) {
  const { document } = row;
  const { lints } = parseRule(document, { contentType: 'json' });
  return {
    id: row.id,
    version: row.version,
    managed_by: row.managed_by,
    sentence: sentence(document),
    // A version with a failing test is never saved.
    tests: { passed: document.tests?.length ?? 0, failed: 0 },
    lints: lints.map((lint) => remarkIn(lint, language)),
    rollout: lanesOf(row),
    ...countsOf(row),
    author: row.author,
    created_at: row.created_at,
    updated_at: row.updated_at,
    document,
  };
}

export function ruleItemOf(row: RuleRow) {
  const { document } = row;
  return {
    id: row.id,
    version: row.version,
    title: document.title,
    labels: document.labels ?? {},
    managed_by: row.managed_by,
    sentence: sentence(document),
    rollout: lanesOf(row),
    ...countsOf(row),
    updated_at: row.updated_at,
  };
}

/** The stem is the document's; what others move (rollout, counts) comes after it, once it moved. */
export function ruleTag(row: RuleRow): string {
  const counts = countsOf(row);
  const revision = row.rollout_revision ?? 0;
  const isUntouched =
    revision === 0 && counts.refuted === 0 && Object.keys(counts.undecidable).length === 0;
  const stem = versionStem(row.version, row.document_hash);
  return entityTag(stem, isUntouched ? undefined : [revision, counts]);
}

/** One mistake or doubt in the reader's language. */
export function remarkIn({ message, hint, ...rest }: RuleProblem | RefusalItem, language: Language) {
  return {
    ...rest,
    message: message[language],
    ...(hint === undefined ? {} : { hint: hint[language] }),
  };
}

function countsOf(row: RuleRow) {
  return {
    refuted: Number(row.refuted_count),
    undecidable: Object.fromEntries(row.undecidable.map(({ path, n }) => [path, n])),
  };
}
