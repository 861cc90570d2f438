import { type CompiledMonies, compileMonies } from '../pay';
import type { Limit, RuleDocument } from '../rule-document';
import { parseDuration } from '../values/duration';
import { type PathReader, compilePath } from '../values/path';
import type { Scope } from '../values/scope';

/** One limit of a rule, compiled. */
export interface CompiledLimit {
  readonly index: number;
  readonly times: number | undefined;
  readonly total: CompiledMonies | undefined;
  /** Who shares its entries: `rule:late-delivery`, or `label:team=delivery`. */
  readonly scope: string;
  /** `customer`, `rule` or a path, as written. */
  readonly per: string;
  readonly readPer: PathReader | undefined;
  /** null: for ever. */
  readonly overMs: number | null;
  readonly then: Limit['then'];
}

/** Whose entries a limit counts for one incident. */
export interface LimitQuery {
  readonly index: number;
  readonly scope: string;
  readonly per: string;
  /**
   * The customer's id, `*` for the whole rule, or the JSON text of the path's value. undefined: the
   * path is absent in the incident, so nobody can tell, and a person decides.
   */
  readonly subject: string | undefined;
  readonly overMs: number | null;
}

/** Compiles the limits of a validated rule document, in list order. */
export function compileLimits(
  doc: Pick<RuleDocument, 'id' | 'limits'>,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string>,
): CompiledLimit[] {
  return (doc.limits ?? []).map((limit, index) => ({
    index,
    times: limit.times,
    total: limit.total === undefined ? undefined : compileMonies(limit.total),
    scope: limit.across === undefined ? `rule:${doc.id}` : `label:${limit.across}`,
    per: limit.per,
    readPer: isPath(limit.per) ? compilePath(limit.per, factNames, varNames) : undefined,
    overMs: limit.over === undefined ? null : readOver(limit.over),
    then: limit.then,
  }));
}

/**
 * The entries that deciding this incident needs: those within `overMs` on both sides of its time.
 */
export function limitSubjects(
  limits: readonly CompiledLimit[],
  scope: Scope,
  customerId: string,
): LimitQuery[] {
  return limits.map((limit) => ({
    index: limit.index,
    scope: limit.scope,
    per: limit.per,
    subject: subjectOf(limit, scope, customerId),
    overMs: limit.overMs,
  }));
}

function subjectOf(limit: CompiledLimit, scope: Scope, customerId: string): string | undefined {
  if (!limit.readPer) return limit.per === 'customer' ? customerId : '*';
  const value = limit.readPer(scope);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? JSON.stringify(value)
    : undefined;
}

function isPath(per: string): boolean {
  return per !== 'customer' && per !== 'rule';
}

function readOver(over: string): number {
  const overMs = parseDuration(over);
  if (overMs === undefined) throw new Error(`not a duration: ${over}`);
  return overMs;
}
