import { type CompiledConditions, compileConditions } from '../conditions';
import { type CompiledLimit, compileLimits } from '../limits';
import { type CompiledPay, compilePay } from '../pay';
import type { RuleDocument, SkipIf } from '../rule-document';
import { parseDuration } from '../values/duration';
import { type PathReader, compilePath } from '../values/path';
import { varNamesOf } from '../values/var-names';

/**
 * What a rule says about deciding an incident: skip_if, pay and limits, compiled once per version.
 */
export interface CompiledDecision {
  readonly ruleId: string;
  readonly skips: readonly CompiledSkip[];
  readonly pay: CompiledPay;
  /** Reads the payment that a refund goes back to. */
  readonly readPayment: PathReader | undefined;
  readonly limits: readonly CompiledLimit[];
}

/**
 * A look-up in history: an event of this type with the same value, within the span before the
 * decision.
 */
export interface CompiledSkip {
  readonly index: number;
  readonly event: string;
  /** The path as written; it is read in the incident's event and in history's. */
  readonly same: string;
  readonly readSame: PathReader;
  readonly overMs: number;
  /** Asked of the event found; it knows no facts. */
  readonly where: CompiledConditions | undefined;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/** Compiles a validated rule document. */
export function compileDecision(doc: RuleDocument): CompiledDecision {
  const factNames = new Set(Object.keys(doc.detect.let ?? {}));
  const varNames = varNamesOf(doc.detect);
  return {
    ruleId: doc.id,
    skips: (doc.skip_if ?? []).map((skip, index) => compileSkip(skip, index, factNames, varNames)),
    pay: compilePay(doc.pay, factNames, varNames),
    readPayment:
      doc.pay.payment === undefined ? undefined : compilePath(doc.pay.payment, factNames, varNames),
    limits: compileLimits(doc, factNames, varNames),
  };
}

function compileSkip(
  skip: SkipIf,
  index: number,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string>,
): CompiledSkip {
  const overMs = parseDuration(skip.over);
  if (overMs === undefined) throw new Error(`not a duration: ${skip.over}`);
  return {
    index,
    event: skip.event,
    same: skip.same,
    readSame: compilePath(skip.same, factNames, varNames),
    overMs,
    where: skip.where && compileConditions(skip.where, NO_NAMES),
  };
}
