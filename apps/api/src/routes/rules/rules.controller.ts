import {
  checkReferences,
  Conditions,
  Database,
  History,
  notFound,
  readPage,
  readRule,
  readRuleVersion,
  RULE_FROM,
  RULE_SELECT,
  SaveRule,
  versionStem,
  type ListSource,
  type RuleRow,
} from '@amends/application';
import type { Language } from '@amends/contracts';
import { Controller } from '@nestjs/common';
import { pageReply, pageRequest } from '../../http/cursor';
import { created, ok, type Reply } from '../../http/reply';
import type { CallOf } from '../../http/route';
import { Serve } from '../../http/serve';
import { withCurrentTag } from '../../http/with-current-tag';
import { addLabelConditions } from '../shared/label-conditions';
import { requireSameId } from '../shared/require-same-id';
import { diffDocuments } from './diff-documents';
import { invalidRule, parseRuleBody, remarks } from './read-rule-body';
import { ruleItemOf, ruleTag, ruleViewOf } from './rule-view';
import { getRule, getRuleVersion, listRules, putRule, validateRule } from './rules.routes';
import { validate } from './validate';

const LIST: ListSource = {
  select: RULE_SELECT,
  from: RULE_FROM,
  sortBy: { expression: 'r.created_at', type: 'timestamptz' },
  tieBy: { expression: 'r.id', type: 'text' },
};

const MODES = {
  live: 'o.live_version is not null',
  shadow: 'o.shadow_version is not null',
  off: '(o.live_version is null and o.shadow_version is null)',
} as const;

@Controller()
export class RulesController {
  constructor(
    private readonly database: Database,
    private readonly history: History,
    private readonly saveRule: SaveRule,
  ) {}

  @Serve(listRules)
  async list(call: CallOf<typeof listRules>): Promise<Reply> {
    const { q, mode } = call.query;
    const conditions = new Conditions()
      .startsWith('r.id', q)
      .oneOf(mode?.map((one) => MODES[one]));
    addLabelConditions(conditions, call.labels, {
      ruleId: 'r.id',
      version: 'r.latest_version',
    });
    const page = await readPage<RuleRow>(this.database, LIST, conditions, pageRequest(call));
    return pageReply(call, page, ruleItemOf);
  }

  @Serve(validateRule)
  async validate(call: CallOf<typeof validateRule>): Promise<Reply> {
    const parsed = parseRuleBody(call.bytes, call.mediaType);
    const { database, history } = this;
    return ok(await validate(database, history, parsed, call.language, call.nowMs));
  }

  @Serve(putRule)
  async put(call: CallOf<typeof putRule>): Promise<Reply> {
    const { id } = call.params;
    const parsed = parseRuleBody(call.bytes, call.mediaType);
    if (!parsed.ok) {
      const missing = await checkReferences(this.database, parsed.named);
      throw invalidRule([...remarks(parsed.problems), ...missing.problems]);
    }
    const { document } = parsed;
    requireSameId(id, document.id);
    const { precondition } = call;
    const saved = await withCurrentTag(
      () => this.read(id, call.language),
      () => this.saveRule.execute({ document, precondition, managedBy: 'console' }, call),
    );
    return this.read(id, call.language, saved.isNew);
  }

  @Serve(getRule)
  async get(call: CallOf<typeof getRule>): Promise<Reply> {
    return this.read(call.params.id, call.language);
  }

  @Serve(getRuleVersion)
  async version(call: CallOf<typeof getRuleVersion>): Promise<Reply> {
    const { id, n } = call.params;
    const row = await readRuleVersion(this.database, id, n);
    if (row === undefined) throw notFound();
    const body = {
      id,
      version: n,
      document_hash: row.document_hash,
      author: row.author,
      created_at: row.created_at,
      document: row.document,
    };
    const etag = versionStem(n, row.document_hash);
    const { diff } = call.query;
    if (diff === undefined) return ok(body, etag);
    const older = await readRuleVersion(this.database, id, diff);
    if (older === undefined) throw notFound();
    const changes = diffDocuments(older.document, row.document);
    return ok({ ...body, diff: { from: diff, to: n, changes } }, `${etag}-d${String(diff)}`);
  }

  private async read(id: string, language: Language, isNew = false): Promise<Reply> {
    const row = await readRule(this.database, id);
    if (row === undefined) throw notFound();
    const body = ruleViewOf(row, language);
    return isNew ? created(`/v1/rules/${id}`, body, ruleTag(row)) : ok(body, ruleTag(row));
  }
}
