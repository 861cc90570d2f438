import {
  compileDecision,
  compileFacts,
  compileLimits,
  limitSubjects,
  varNamesOf,
  type CompiledDecision,
  type CompiledFacts,
  type CompiledLimit,
  type RuleDocument,
  type Scope,
} from '@amends/domain';
import type { Sql } from '../../queries/sql';
import type { CounterSubject } from '../limits/guard-name';

/** A version of a rule, as far as remedy needs it. */
export interface RemedyRule {
  readonly id: string;
  readonly version: number;
  readonly document: RuleDocument;
  readonly decision: CompiledDecision;
  /** `let`, to be computed anew for each accrual unit. */
  readonly facts: CompiledFacts;
  readonly factNames: ReadonlySet<string>;
  readonly varNames: ReadonlySet<string>;
}

/** Whose payouts are counted together, and by what. */
export interface LimitScope {
  readonly lane: number;
  /** `rule:late-delivery` or `label:team=delivery` */
  readonly scope: string;
  readonly per: string;
}

const CACHED_MAX = 20_000;

/** Compiled versions of rules, and which limits of running rules count across labels. */
export class RuleBook {
  private readonly versions = new Map<string, RemedyRule>();
  private acrossByLane: ReadonlyMap<number, readonly LimitScope[]> = new Map();
  private readonly countedBy = new Map<string, readonly CompiledLimit[]>();
  private known = -1n;

  /** Of the rule set that `acrossLimits` was read from. */
  get generation(): bigint {
    return this.known;
  }

  /** A version never changes, so it is compiled once. Undefined when there is none such. */
  async find(sql: Sql, ruleId: string, version: number): Promise<RemedyRule | undefined> {
    const key = `${ruleId}@${String(version)}`;
    const cached = this.versions.get(key);
    if (cached) return cached;
    const { rows } = await sql.query<{ document: RuleDocument }>(
      'select document from rule_version where rule_id = $1 and version = $2',
      [ruleId, version],
    );
    const [row] = rows;
    if (!row) return undefined;
    const rule = compileRule(row.document, version);
    if (this.versions.size >= CACHED_MAX) this.versions.clear();
    this.versions.set(key, rule);
    return rule;
  }

  /**
   * The counters of running rules in which a payout of this rule counts too: those `across` a label
   * that it bears (RULES.md, limits).
   */
  acrossSubjects(
    rule: RemedyRule,
    lane: number,
    scope: Scope,
    customerId: string,
  ): (CounterSubject & { readonly lane: number })[] {
    const limits = this.acrossLimits(rule, lane);
    return limitSubjects(limits, scope, customerId).flatMap(({ scope: counter, per, subject }) =>
      subject === undefined ? [] : [{ lane, scope: counter, per, subject }],
    );
  }

  private acrossLimits(rule: RemedyRule, lane: number): readonly CompiledLimit[] {
    const key = `${String(lane)}|${rule.id}@${String(rule.version)}`;
    const cached = this.countedBy.get(key);
    if (cached) return cached;
    const labels = new Set(
      Object.entries(rule.document.labels ?? {}).map(([name, value]) => `label:${name}=${value}`),
    );
    const limits = (this.acrossByLane.get(lane) ?? [])
      .filter(({ scope }) => labels.has(scope))
      .map(({ scope, per }) => ({
        times: 1,
        per,
        across: scope.slice('label:'.length),
        then: 'skip' as const,
      }));
    const compiled = compileLimits({ id: rule.id, limits }, rule.factNames, rule.varNames);
    this.countedBy.set(key, compiled);
    return compiled;
  }

  /** Takes over what a new generation of the rule set says. */
  adopt(generation: bigint, scopes: readonly LimitScope[]): void {
    const byLane = new Map<number, LimitScope[]>();
    for (const scope of scopes) {
      if (!scope.scope.startsWith('label:')) continue;
      byLane.set(scope.lane, [...(byLane.get(scope.lane) ?? []), scope]);
    }
    this.acrossByLane = byLane;
    this.countedBy.clear();
    this.known = generation;
  }
}

function compileRule(document: RuleDocument, version: number): RemedyRule {
  const varNames = varNamesOf(document.detect);
  const compiled = compileFacts(document.detect.let ?? {}, varNames);
  if (!compiled.ok) throw new Error(`facts not validated: ${compiled.problems[0]?.message ?? ''}`);
  return {
    id: document.id,
    version,
    document,
    decision: compileDecision(document),
    facts: compiled.facts,
    factNames: compiled.facts.names,
    varNames,
  };
}
