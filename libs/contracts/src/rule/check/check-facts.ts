import { compileFacts, FUNCTION_NAMES, type CompiledFacts, type FactProblem } from '@amends/domain';
import { pointTo } from '../../json';
import { FACT_NAME } from '../definition/detect-common';
import { nearest } from '../report/nearest';
import type { ProblemCode } from '../report/problem-texts';
import type { Hint, Report } from '../report/report';
import { EVENT_FIELDS } from './event-fields';
import { variablesOf } from './path-scope';
import type { RuleDraft } from './rule-draft';

const CODES: Readonly<Record<FactProblem['code'], ProblemCode>> = {
  invalid_name: 'bad_fact_name',
  too_long: 'cel_too_long',
  too_complex: 'cel_too_complex',
  syntax: 'cel_syntax',
  unknown_variable: 'cel_unknown_variable',
  unknown_function: 'cel_unknown_function',
  wrong_type: 'cel_wrong_type',
  matches_refused: 'matches_refused',
  loop_refused: 'cel_loop_refused',
};

/** Words of CEL that cannot name anything (language definition, "Syntax"). */
const RESERVED = new Set(
  (
    'true false null in as break const continue else for function if import let loop package ' +
    'namespace return var void while'
  ).split(' '),
);

const LET = '/detect/let';

/**
 * Compiles the facts and reports what is wrong with them, each mistake with its place in the
 * source.
 */
export function checkFacts(draft: RuleDraft, report: Report): CompiledFacts | undefined {
  const lets = Object.entries(draft.detect?.let ?? {}).filter(([name]) => {
    const isUsable = FACT_NAME.test(name) && !RESERVED.has(name);
    if (RESERVED.has(name)) {
      const params = { name, message: 'it is a word of CEL' };
      report.problem(pointTo(LET, name), 'bad_fact_name', { params });
    }
    return isUsable;
  });
  const variables = variablesOf(draft.detect);
  const result = compileFacts(Object.fromEntries(lets), variables);
  if (result.ok) return result.facts;
  const known = { variables, facts: lets.map(([name]) => name) };
  for (const problem of result.problems) reportFact(problem, known, report);
  return compileRest(lets, variables, new Set(result.problems.map(({ name }) => name)));
}

/** The facts that are well, so that what else is wrong with their use shows too. */
function compileRest(
  lets: readonly (readonly [string, string])[],
  variables: ReadonlySet<string>,
  wrong: ReadonlySet<string>,
): CompiledFacts | undefined {
  const rest = lets.filter(([name]) => !wrong.has(name));
  const result = compileFacts(Object.fromEntries(rest), new Set([...variables, ...wrong]));
  return result.ok ? result.facts : undefined;
}

interface Known {
  readonly variables: ReadonlySet<string>;
  /** In their order: each knows those above it. */
  readonly facts: readonly string[];
}

function reportFact(problem: FactProblem, known: Known, report: Report): void {
  const { name, code, message, from, to } = problem;
  const hint: Hint | undefined =
    code === 'matches_refused' ? ['use_contains'] : wordHint(problem, known);
  report.problem(pointTo(LET, name), CODES[code], {
    params: { name, message },
    hint,
    ...(code === 'invalid_name' ? {} : { position: { from, to } }),
  });
}

function wordHint({ name, code, word }: FactProblem, known: Known): Hint | undefined {
  if (word === undefined) return undefined;
  const above = known.facts.slice(0, known.facts.indexOf(name));
  const names =
    code === 'unknown_function' ? FUNCTION_NAMES : [...above, ...known.variables, ...EVENT_FIELDS];
  const near = nearest(word, names);
  return near === undefined ? undefined : ['did_you_mean', { name: near }];
}
