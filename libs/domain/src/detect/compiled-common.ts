import type { CompiledConditions } from '../conditions';
import { compileConditions } from '../conditions';
import type { DomainEvent } from '../event';
import type { CompiledFacts } from '../facts';
import { compileFacts } from '../facts';
import type { JsonObject } from '../json';
import type { Conditions, Detect, RuleDocument } from '../rule-document';
import { compilePath, varNamesOf } from '../values';
import type { IncidentReading } from './effects';

/** What every detect type has: key, facts, `where`, and whether late arrivals are waited for. */
export interface CommonSpec {
  readonly ruleId: string;
  readonly byPath: string;
  readonly factNames: ReadonlySet<string>;
  readonly varNames: ReadonlySet<string>;
  readonly facts: CompiledFacts;
  readonly where: CompiledConditions | null;
  /** `allow_late`; null where the rule leaves it to the account. */
  readonly allowLateMs: number | null;
  /** JSON text of the key's value, or undefined where the event has none. */
  readonly keyOf: (event: JsonObject) => string | undefined;
  /** Whether anything in the rule speaks of `expect`, so that its event must be kept. */
  readonly names: (word: string) => boolean;
}

/** Whether `where` holds, and what was read to see it. */
export interface Judged {
  readonly verdict: 'true' | 'false' | 'undecidable';
  readonly undecided: readonly string[];
  readonly reading: IncidentReading;
}

/** Compiles the common part. The document has been validated: a mistake here is the caller's. */
export function compileCommon(
  document: RuleDocument,
  durationMs: (text: string) => number,
): CommonSpec {
  const { detect } = document;
  const varNames = varNamesOf(detect);
  const facts = compiledFacts(detect, varNames);
  const factNames = new Set(Object.keys(detect.let ?? {}));
  const byPath = detect.by ?? 'subject';
  return {
    ruleId: document.id,
    byPath,
    factNames,
    varNames,
    facts,
    where: detect.where ? compileConditions(detect.where, factNames, varNames) : null,
    allowLateMs: detect.allow_late === undefined ? null : durationMs(detect.allow_late),
    keyOf: compileKey(byPath, factNames, facts),
    names: namesOf(document),
  };
}

/** The conditions of another part of the rule, over the same names. */
export function compileOwn(spec: CommonSpec, conditions: Conditions): CompiledConditions {
  return compileConditions(conditions, spec.factNames, spec.varNames);
}

/** Facts of an event with the variables of its detect type. */
export function read(spec: CommonSpec, event: JsonObject, vars: JsonObject): IncidentReading {
  if (spec.factNames.size === 0) return { event, vars, facts: {} };
  const { facts } = spec.facts.evaluate({ event, vars });
  return { event, vars, facts };
}

/** Looks at `conditions` (by default the rule's `where`) over a reading. */
export function judge(reading: IncidentReading, conditions: CompiledConditions | null): Judged {
  if (!conditions) return { verdict: 'true', undecided: [], reading };
  const verdict = conditions.test(reading);
  const undecided = verdict === 'undecidable' ? conditions.undecidedPaths(reading) : [];
  return { verdict, undecided, reading };
}

export function keyText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return JSON.stringify(value);
    default:
      return undefined;
  }
}

/** The customer an event speaks of; the empty string is nobody. */
export function customerOf(event: DomainEvent | JsonObject): string | undefined {
  const id = 'customerId' in event ? event.customerId : event['customerid'];
  return typeof id === 'string' && id !== '' ? id : undefined;
}

function compiledFacts(detect: Detect, varNames: ReadonlySet<string>): CompiledFacts {
  const compiled = compileFacts(detect.let ?? {}, varNames);
  if (!compiled.ok) throw new Error(`facts not validated: ${compiled.problems[0]?.message ?? ''}`);
  return compiled.facts;
}

function compileKey(
  path: string,
  factNames: ReadonlySet<string>,
  facts: CompiledFacts,
): (event: JsonObject) => string | undefined {
  const reader = compilePath(path, factNames);
  if (factNames.has(path.split('.')[0] ?? '')) {
    return (event) =>
      keyText(reader({ event, vars: {}, facts: facts.evaluate({ event, vars: {} }).facts }));
  }
  const scope = { event: {} as JsonObject, vars: {}, facts: {} };
  return (event) => {
    scope.event = event;
    return keyText(reader(scope));
  };
}

function namesOf(document: RuleDocument): (word: string) => boolean {
  const text = JSON.stringify([document.detect, document.pay, document.limits ?? []]);
  return (word) => new RegExp(`[^A-Za-z_]${word}\\.`).test(text);
}
