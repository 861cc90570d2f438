import type { Environment, ParseResult } from '@marcbachmann/cel-js';
import type { Json, JsonObject } from '../json';
import { parseInstant } from '../values/instant';
import type { Scope } from '../values/scope';
import { createEnvironment, engineName } from './engine';
import { inspect, type Inspection } from './inspect';
import { toPlain } from './plain';
import { type FactProblem, problemFrom } from './problems';
import { hasLongList } from './size';
import { isMixedNumbers, widenInts } from './widen';
import { withoutNulls } from './without-nulls';

export interface Facts {
  /** By name, in order of declaration; what could not be computed is absent. */
  readonly facts: Readonly<Record<string, Json>>;
  /** Names of the facts that could not be computed. */
  readonly failed: readonly string[];
}

/** The expressions of one `let`, compiled once and evaluated once per event that needs them. */
export interface CompiledFacts {
  readonly names: ReadonlySet<string>;
  /** CEL type of each fact as far as it is known before any event: `double`, `bool`, `dyn` … */
  readonly types: ReadonlyMap<string, string>;
  readonly evaluate: (scope: Pick<Scope, 'event' | 'vars'>) => Facts;
}

export type FactsResult =
  | { readonly ok: true; readonly facts: CompiledFacts }
  | { readonly ok: false; readonly problems: readonly FactProblem[] };

interface CompiledFact {
  readonly name: string;
  readonly type: string;
  /** Its work grows faster than the event. */
  readonly heavy: boolean;
  /** It could tell null from an absent key. */
  readonly seesNull: boolean;
  readonly run: ParseResult;
}

const EVENT_FIELDS = ['time', 'subject', 'customerid', 'source', 'type', 'data'] as const;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
/**
 * Words that CEL keeps for itself or for the languages it is embedded in, and JavaScript's trap.
 */
const RESERVED: ReadonlySet<string> = new Set(
  (
    'as break const continue else false for function if import in let loop namespace null ' +
    'package return true var void while __proto__ prototype'
  ).split(' '),
);
const NO_FACT = /^(?:bytes|type|null|CelNamespace|optional<.*)$/;
const MAX_SOURCE_CHARS = 4_000;
const NOTHING: Facts = { facts: {}, failed: [] };

/**
 * Compiles the expressions of `let`. A fact may use the facts before it, the fields of the event,
 * and the variables that the detect type gives. All mistakes are reported, each with its place.
 */
export function compileFacts(
  lets: Readonly<Record<string, string>>,
  varNames: ReadonlySet<string>,
): FactsResult {
  const entries = Object.entries(lets);
  if (entries.length === 0) return { ok: true, facts: noFacts() };
  const env = createEnvironment();
  for (const name of [...EVENT_FIELDS, ...varNames]) env.registerVariable(engineName(name), 'dyn');
  const compiled: CompiledFact[] = [];
  const problems: FactProblem[] = [];
  for (const [name, source] of entries) {
    const result = nameProblem(name, env) ?? compileFact(env, name, source);
    if (Array.isArray(result)) problems.push(...result);
    else compiled.push(result);
    // Known even if wrong, so that one mistake is not told again in every fact built on it.
    if (!isInvalidName(name) && !env.hasVariable(name)) env.registerVariable(name, 'dyn');
  }
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, facts: link(compiled, [...varNames]) };
}

function compileFact(env: Environment, name: string, source: string): CompiledFact | FactProblem[] {
  if (source.length > MAX_SOURCE_CHARS) {
    const message = `longer than ${MAX_SOURCE_CHARS} characters`;
    return [{ name, code: 'too_long', message, from: MAX_SOURCE_CHARS, to: source.length }];
  }
  try {
    const { run, inspection } = parseFact(env, source);
    const { refusals, heavy, seesNull } = inspection;
    if (refusals.length > 0) return refusals.map((refusal) => ({ name, ...refusal }));
    const { valid, type = 'dyn', error } = run.check();
    if (!valid) return [problemFrom(name, error, source.length)];
    if (NO_FACT.test(type)) {
      const message = `a fact can not be of type ${type}`;
      return [{ name, code: 'wrong_type', message, from: 0, to: source.length }];
    }
    return { name, type, heavy, seesNull, run };
  } catch (error) {
    return [problemFrom(name, error, source.length)];
  }
}

/**
 * Parses; and where the checker only minds ints beside doubles, parses anew with the ints widened.
 */
function parseFact(env: Environment, source: string): { run: ParseResult; inspection: Inspection } {
  const run = env.parse(source);
  const inspection = inspect(run.ast);
  const { error } = inspection.refusals.length > 0 ? {} : run.check();
  if (!error || !isMixedNumbers(error.summary)) return { run, inspection };
  const widened = env.parse(source);
  inspect(widened.ast);
  widenInts(widened.ast, () => env.parse('dyn(0)').ast);
  return { run: widened.check().valid ? widened : run, inspection };
}

function nameProblem(name: string, env: Environment): FactProblem[] | undefined {
  const problem = { name, code: 'invalid_name', from: 0, to: 0 } as const;
  if (isInvalidName(name)) {
    return [
      { ...problem, message: 'a fact is named by letters, digits and _, and by no word of CEL' },
    ];
  }
  if (env.hasVariable(name)) return [{ ...problem, message: `${name} is already taken` }];
  return undefined;
}

function isInvalidName(name: string): boolean {
  return !NAME.test(name) || RESERVED.has(name);
}

function link(compiled: readonly CompiledFact[], varNames: readonly string[]): CompiledFacts {
  const heavy = compiled.some((fact) => fact.heavy);
  const seesNull = compiled.some((fact) => fact.seesNull);
  return {
    names: new Set(compiled.map((fact) => fact.name)),
    types: new Map(compiled.map((fact) => [fact.name, fact.type])),
    evaluate: ({ event, vars }) => {
      const context = contextOf(event, vars, varNames, seesNull);
      const tooLong = heavy && hasLongList(context);
      const facts: Record<string, Json> = {};
      const failed: string[] = [];
      for (const fact of compiled) {
        const value = fact.heavy && tooLong ? undefined : evaluateFact(fact, context);
        if (value === undefined) failed.push(fact.name);
        else context[fact.name] = facts[fact.name] = value;
      }
      return { facts, failed };
    },
  };
}

function contextOf(
  event: JsonObject,
  vars: Scope['vars'],
  varNames: readonly string[],
  seesNull: boolean,
): Record<string, unknown> {
  const context: Record<string, unknown> = {};
  const set = (name: string, value: unknown): void => {
    if (value !== null) context[name] = seesNull ? withoutNulls(value) : value;
  };
  for (const name of EVENT_FIELDS) set(engineName(name), event[name]);
  for (const name of varNames) set(name, name === 'due' ? asTimestamp(vars[name]) : vars[name]);
  return context;
}

/** `due` is an instant, not a text. */
function asTimestamp(due: unknown): unknown {
  const dueMs = typeof due === 'string' ? parseInstant(due) : undefined;
  return dueMs === undefined ? due : new Date(dueMs);
}

function evaluateFact(fact: CompiledFact, context: Record<string, unknown>): Json | undefined {
  try {
    return toPlain(fact.run(context));
  } catch {
    // Absent fields and wrong types are data, not mistakes of the program: the fact is unknown.
    return undefined;
  }
}

function noFacts(): CompiledFacts {
  return { names: new Set(), types: new Map(), evaluate: () => NOTHING };
}
