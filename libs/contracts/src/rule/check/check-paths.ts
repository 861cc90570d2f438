import { pointTo } from '../../json';
import { nearest } from '../report/nearest';
import type { Hint, Report } from '../report/report';
import { EVENT_FIELDS } from './event-fields';
import { factVariables } from './fact-variables';
import { variablesOf } from './path-scope';
import { pathUses, type PathUse } from './path-uses';
import type { RuleDraft } from './rule-draft';

const LET = '/detect/let';

const SCALAR_VARIABLES: ReadonlySet<string> = new Set(['due', 'moves', 'unit']);

/** Refuses paths whose first part names nothing, or nothing that is known where they stand. */
export function checkPaths(draft: RuleDraft, report: Report): void {
  const lets = draft.detect?.let ?? {};
  const variables = variablesOf(draft.detect);
  const names: Names = { facts: factVariables(lets, variables), variables };
  for (const use of pathUses(draft)) checkPath(use, names, report);
}

interface Names {
  /** Every fact, with the variables it needs. */
  readonly facts: ReadonlyMap<string, ReadonlySet<string>>;
  /** Variables of the detect type. */
  readonly variables: ReadonlySet<string>;
}

function checkPath(use: PathUse, names: Names, report: Report): void {
  const [head = '', ...rest] = use.path.split('.');
  const needed = names.facts.get(head);
  if (needed !== undefined) {
    if (!use.scope.facts) notAvailable(use, head, report);
    else for (const name of needed) checkVariable(use, name, head, report);
  } else if (names.variables.has(head)) {
    checkVariable(use, head, head, report);
    if (rest.length > 0 && SCALAR_VARIABLES.has(head)) unknown(use, use.path, names, report);
  } else if (!EVENT_FIELDS.has(head)) {
    if (!mayBeFact(head, report)) unknown(use, head, names, report);
  } else if (rest.length > 0 && head !== 'data') {
    unknown(use, use.path, names, report);
  }
}

/** A fact that was left out since it is wrong, or facts that could not be read: that is said already. */
function mayBeFact(head: string, report: Report): boolean {
  return report.isWrong(LET) || report.hasProblemAt(pointTo(LET, head));
}

/** `name` is a variable, and `head` what the path says: the same, or a fact that needs it. */
function checkVariable(use: PathUse, name: string, head: string, report: Report): void {
  if (use.scope.variables.has(name)) return;
  if (name !== 'expect') notAvailable(use, head, report);
  else {
    const hint = use.pointer.startsWith('/pay') ? (['settle_end'] as const) : undefined;
    report.problem(use.pointer, 'needs_expect', { params: { name: head }, hint });
  }
}

function notAvailable({ pointer, scope }: PathUse, name: string, report: Report): void {
  const [why, whyZh] = scope.why;
  report.problem(pointer, 'name_not_available', { params: { name, why, whyZh } });
}

function unknown(use: PathUse, name: string, names: Names, report: Report): void {
  report.problem(use.pointer, 'unknown_field', { params: { name }, hint: hintFor(use, names) });
}

function hintFor({ path, pointer, scope }: PathUse, names: Names): Hint {
  const [head = ''] = path.split('.', 1);
  const near = nearest(head, [
    ...(scope.facts ? names.facts.keys() : []),
    ...scope.variables,
    ...EVENT_FIELDS,
    ...(/^\/limits\/\d+\/per$/.test(pointer) ? ['customer', 'rule'] : []),
  ]);
  if (near === undefined) return ['did_you_mean', { name: `data.${path}` }];
  if (names.facts.has(near)) return ['did_you_mean_fact', { name: near }];
  return ['did_you_mean', { name: near + path.slice(head.length) }];
}
