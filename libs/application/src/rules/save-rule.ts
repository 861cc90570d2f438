import { ruleReferences } from '@amends/contracts';
import type { RuleDocument, RuleTestReport } from '@amends/domain';
import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { requirePrecondition, type Precondition } from '../access/precondition';
import { Refusal } from '../access/refusal';
import { ruleHash, versionStem } from '../admin/document-hash';
import type { Database, Sql } from '../queries/sql';
import { checkReferences } from './check-references';
import { failedTests, testRule, TESTS_TOO_LONG } from './test-rule';

export interface SaveRuleInput {
  /** Parsed and checked by contracts. */
  readonly document: RuleDocument;
  readonly precondition: Precondition;
  /** Whose copy is the master: the console's, or git's. */
  readonly managedBy: string;
}

export interface RuleSaved {
  readonly version: number;
  readonly isNew: boolean;
  /** False: the same document again, which makes no version. */
  readonly isChanged: boolean;
  readonly tests: RuleTestReport;
}

/**
 * Saves a rule as a new version. Its tests are run first, and one that fails refuses it; so does a
 * calendar or template that does not exist. Nothing runs until it is rolled out.
 */
export class SaveRule {
  constructor(private readonly database: Database) {}

  async execute(input: SaveRuleInput, asked: Asked): Promise<RuleSaved> {
    const tests = await this.check(input.document);
    return this.database.transaction(async (sql) => {
      const saved = await save(sql, input, asked);
      return { ...saved, tests };
    });
  }

  /** Before the transaction: tests take their time, and no row should be locked meanwhile. */
  private async check(document: RuleDocument): Promise<RuleTestReport> {
    const { problems, calendars } = await checkReferences(this.database, ruleReferences(document));
    const canRun = problems.every(({ code }) => code !== 'unknown_calendar');
    const report = canRun ? await testRule(document, calendars) : undefined;
    if (canRun && report === undefined) problems.push(TESTS_TOO_LONG);
    if (problems.length > 0 || report === undefined) {
      const failed = report === undefined ? [] : failedTests(report);
      throw new Refusal('invalid_rule', { errors: [...problems, ...failed] });
    }
    if (report.failed === 0) return report;
    throw new Refusal('rule_tests_failed', {
      errors: failedTests(report),
      extra: { tests: { passed: report.passed, failed: report.failed } },
    });
  }
}

async function save(sql: Sql, input: SaveRuleInput, asked: Asked) {
  const { document, precondition, managedBy } = input;
  await sql.query(
    `insert into rule (id, latest_version, managed_by) values ($1, 0, $2)
     on conflict (id) do nothing`,
    [document.id, managedBy],
  );
  const before = await lockLatest(sql, document.id);
  const hash = ruleHash(document);
  const stem = before && versionStem(before.version, before.document_hash);
  requirePrecondition(precondition, stem);
  if (before?.document_hash === hash) {
    return { version: before.version, isNew: false, isChanged: false };
  }
  const version = (before?.version ?? 0) + 1;
  await sql.query(
    `insert into rule_version (rule_id, version, document, document_hash, title, labels, author)
     values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      document.id,
      version,
      JSON.stringify(document),
      hash,
      document.title,
      JSON.stringify(document.labels ?? {}),
      asked.actor.id,
    ],
  );
  await sql.query(
    'update rule set latest_version = $2, managed_by = $3, updated_at = now() where id = $1',
    [document.id, version, managedBy],
  );
  await writeAudit(sql, asked, {
    action: before === undefined ? 'rule.create' : 'rule.change',
    object: `rule:${document.id}`,
    before: before && { version: before.version, document_hash: before.document_hash },
    after: { version, document_hash: hash },
  });
  return { version, isNew: before === undefined, isChanged: true };
}

async function lockLatest(sql: Sql, id: string) {
  await sql.query('select 1 from rule where id = $1 for update', [id]);
  const { rows } = await sql.query<{ version: number; document_hash: string }>(
    `select v.version, v.document_hash from rule r
     join rule_version v on v.rule_id = r.id and v.version = r.latest_version
     where r.id = $1`,
    [id],
  );
  return rows[0];
}
