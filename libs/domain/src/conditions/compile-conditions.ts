import type { Json } from '../json';
import type { Conditions, Operand, Operators } from '../rule-document';
import { compilePath } from '../values/path';
import type { Scope } from '../values/scope';
import { type Names, type OperatorTest, operatorTests } from './operator-tests';
import { type Verdict3, allOf, anyOf, negate } from './verdict';
import type { WhyLine } from './why';

/** A `where` map, compiled once and asked once per event. */
export interface CompiledConditions {
  /** Every path the map reads, operands included, each once. */
  readonly paths: readonly string[];
  readonly test: (scope: Scope) => Verdict3;
  /** One line per test, for people. */
  readonly explain: (scope: Scope) => WhyLine[];
  /** The paths whose tests have no answer in this scope, each once. */
  readonly undecidedPaths: (scope: Scope) => string[];
}

/** The operators of a window's `is`, asked about the measure. */
export interface CompiledOperators {
  readonly test: (value: unknown, scope: Scope) => Verdict3;
  readonly explain: (name: string, value: unknown, scope: Scope) => WhyLine[];
}

interface ConditionNode {
  readonly paths: readonly string[];
  readonly test: (scope: Scope) => Verdict3;
  readonly explain: (scope: Scope) => WhyLine[];
  readonly collectUndecided: (scope: Scope, into: Set<string>) => void;
}

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Compiles a validated conditions map.
 *
 * Three-valued: a map is false if one of its tests surely is, else undecidable if one of them is,
 * else true; `any` is true if one map is, and `not` holds only where its map is surely false.
 */
export function compileConditions(
  doc: Conditions,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string> = NO_NAMES,
): CompiledConditions {
  const node = mapNode(doc, { facts: factNames, vars: varNames });
  return {
    paths: [...new Set(node.paths)],
    test: node.test,
    explain: node.explain,
    undecidedPaths: (scope) => {
      const paths = new Set<string>();
      node.collectUndecided(scope, paths);
      return [...paths];
    },
  };
}

export function compileOperators(
  doc: Operators,
  factNames: ReadonlySet<string>,
  varNames: ReadonlySet<string> = NO_NAMES,
): CompiledOperators {
  const tests = operatorTests(doc, { facts: factNames, vars: varNames });
  return {
    test: (value, scope) => allOf(tests, (test) => test.test(value, scope)),
    explain: (name, value, scope) =>
      tests.map((test) => line(`${name} ${test.text}`, test, value, scope)),
  };
}

function mapNode(doc: Conditions, names: Names): ConditionNode {
  const nodes = Object.entries(doc).flatMap(([key, value]) => entryNodes(key, value, names));
  const [only] = nodes;
  if (only && nodes.length === 1) return only;
  return {
    paths: nodes.flatMap((node) => node.paths),
    test: (scope) => allOf(nodes, (node) => node.test(scope)),
    explain: (scope) => nodes.flatMap((node) => node.explain(scope)),
    collectUndecided: (scope, into) => {
      for (const node of nodes) node.collectUndecided(scope, into);
    },
  };
}

function entryNodes(key: string, value: Conditions[string], names: Names): ConditionNode[] {
  if (key === 'any') return [anyNode(value as readonly Conditions[], names)];
  if (key === 'not') return [notNode(value as Conditions, names)];
  return pathNodes(key, value as Operand, names);
}

function pathNodes(path: string, operand: Operand, names: Names): ConditionNode[] {
  const read = compilePath(path, names.facts, names.vars);
  return operatorTests(asOperators(operand), names).map((test) => {
    const text = `${path} ${test.text}`;
    return {
      paths: [path, ...test.fields],
      test: (scope) => test.test(read(scope), scope),
      explain: (scope) => [line(text, test, read(scope), scope)],
      collectUndecided: (scope, into) => {
        const value = read(scope);
        if (test.test(value, scope) !== 'undecidable') return;
        const culprit = value === undefined ? undefined : absentField(test, names, scope);
        into.add(culprit ?? path);
      },
    };
  });
}

/** The field of the operand, where that is what is absent. */
function absentField(test: OperatorTest, names: Names, scope: Scope): string | undefined {
  return test.fields.find(
    (field) => compilePath(field, names.facts, names.vars)(scope) === undefined,
  );
}

function anyNode(maps: readonly Conditions[], names: Names): ConditionNode {
  const nodes = maps.map((map) => mapNode(map, names));
  const test = (scope: Scope): Verdict3 => anyOf(nodes, (node) => node.test(scope));
  return {
    paths: nodes.flatMap((node) => node.paths),
    test,
    explain: (scope) => [
      { any: nodes.map((node) => node.explain(scope)), ...outcome(test(scope)) },
    ],
    collectUndecided: (scope, into) => {
      if (test(scope) !== 'undecidable') return;
      for (const node of nodes) node.collectUndecided(scope, into);
    },
  };
}

function notNode(map: Conditions, names: Names): ConditionNode {
  const node = mapNode(map, names);
  const test = (scope: Scope): Verdict3 => negate(node.test(scope));
  return {
    paths: node.paths,
    test,
    explain: (scope) => [{ not: node.explain(scope), ...outcome(test(scope)) }],
    collectUndecided: (scope, into) => {
      if (test(scope) === 'undecidable') node.collectUndecided(scope, into);
    },
  };
}

/** `path: rental` means eq, `path: [a, b]` means in. */
export function asOperators(operand: Operand): Operators {
  if (Array.isArray(operand)) return { in: operand as readonly (string | number | boolean)[] };
  if (typeof operand !== 'object' || operand === null) return { eq: operand };
  return 'field' in operand ? { eq: operand } : (operand as Operators);
}

function line(text: string, test: OperatorTest, given: unknown, scope: Scope): WhyLine {
  const verdict = test.test(given, scope);
  const value = (given ?? null) as Json;
  if (verdict === 'undecidable') return { test: text, value, ok: false, undecidable: true };
  return { test: text, value, ok: verdict === 'true' };
}

function outcome(verdict: Verdict3): WhyLine {
  return verdict === 'undecidable' ? { ok: false, undecidable: true } : { ok: verdict === 'true' };
}
