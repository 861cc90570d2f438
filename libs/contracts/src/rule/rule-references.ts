import { parseDuration, type Conditions, type RuleDocument } from '@amends/domain';
import { isPlainObject } from '../json';
import { detectTypes } from './check/detect-types';
import { variablesOf } from './check/path-scope';
import { pathUses } from './check/path-uses';
import { listOf, type RuleDraft } from './check/rule-draft';

/** A field of events that the document names. */
export interface FieldUse {
  /** Where in the document. */
  readonly pointer: string;
  readonly path: string;
  /** The types of the events that it is read from. */
  readonly types: readonly string[];
}

/** What a document names that has to be there, as far as it can be read. */
export interface NamedElsewhere {
  readonly calendars: readonly string[];
  readonly templates: readonly string[];
  /** How far back history must reach for skip_if and for_each. */
  readonly lookBacks: readonly LookBack[];
}

export interface LookBack {
  readonly pointer: string;
  /** As written. */
  readonly over: string;
  readonly overMs: number;
}

/** What a rule needs from outside of its document. */
export interface RuleReferences extends NamedElsewhere {
  readonly channels: readonly string[];
  /** Every event type that the rule looks at, history included. */
  readonly eventTypes: readonly string[];
  /** Plain paths, facts and variables apart; what CEL expressions read is not among them. */
  readonly fields: readonly FieldUse[];
  /** What history must be able to look up by value. */
  readonly historyPaths: readonly { readonly type: string; readonly path: string }[];
}

export const NOTHING_NAMED: NamedElsewhere = { calendars: [], templates: [], lookBacks: [] };

/** Of a document with mistakes too: what is wrong with it shall not hide what it names in vain. */
export function namedElsewhere({ detect, message, skip_if: skipIfs }: RuleDraft): NamedElsewhere {
  const lookBacks: LookBack[] = [];
  const add = (pointer: string, over: string | undefined): void => {
    const overMs = over === undefined ? undefined : parseDuration(over);
    if (over !== undefined && overMs !== undefined) lookBacks.push({ pointer, over, overMs });
  };
  if (detect?.type === 'event') add('/detect/for_each/over', detect.for_each?.over);
  skipIfs?.forEach((skip, index) => {
    add(`/skip_if/${index}/over`, skip?.over);
  });
  return {
    calendars: listOf(detect?.type === 'deadline' ? detect.calendar : undefined),
    templates: listOf(message?.template),
    lookBacks,
  };
}

export function ruleReferences(document: RuleDocument): RuleReferences {
  const { detect, message, skip_if: skipIfs = [] } = document;
  const types = [...detectTypes(detect).all, ...skipIfs.map(({ event }) => event)];
  return {
    ...namedElsewhere(document),
    channels: message?.channels ?? [],
    eventTypes: [...new Set(types)],
    fields: fieldUses(document),
    historyPaths: historyPaths(document),
  };
}

function fieldUses(document: RuleDocument): readonly FieldUse[] {
  const draft = document as RuleDraft;
  const names = new Set([...Object.keys(document.detect.let ?? {}), ...variablesOf(draft.detect)]);
  return pathUses(draft)
    .filter(({ path }) => !names.has(path.split('.', 1)[0] ?? ''))
    .map(({ pointer, path, types }) => ({ pointer, path, types }));
}

function historyPaths({
  detect,
  skip_if: skipIfs = [],
}: RuleDocument): RuleReferences['historyPaths'] {
  const pairs = skipIfs.map(({ event, same }) => ({ type: event, path: same }));
  const each = detect.type === 'event' ? detect.for_each : undefined;
  const facts = detect.let ?? {};
  for (const path of each === undefined ? [] : equalityPaths(each.where ?? {})) {
    const head = path.split('.', 1)[0] ?? '';
    if (each !== undefined && head !== 'trigger' && !Object.hasOwn(facts, head)) {
      pairs.push({ type: each.event, path });
    }
  }
  const seen = new Set<string>();
  return pairs.filter(({ type, path }) => {
    const key = `${type} ${path}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Paths whose value must equal something, or one of several: outside of `any` and `not`. */
function equalityPaths(where: Conditions): readonly string[] {
  return Object.entries(where)
    .filter(([key, operand]) => key !== 'any' && key !== 'not' && isEquality(operand))
    .map(([path]) => path);
}

function isEquality(operand: unknown): boolean {
  if (!isPlainObject(operand)) return true;
  return ['eq', 'in', 'field'].some((name) => Object.hasOwn(operand, name));
}
