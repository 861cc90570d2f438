import { parseDuration, type Conditions, type RuleDocument } from '@amends/domain';
import { isPlainObject } from '../json';
import { detectTypes } from './check/detect-types';
import { variablesOf } from './check/path-scope';
import { pathUses } from './check/path-uses';
import type { RuleDraft } from './check/rule-draft';

/** A field of events that the document names. */
export interface FieldUse {
  /** Where in the document. */
  readonly pointer: string;
  readonly path: string;
  /** The types of the events that it is read from. */
  readonly types: readonly string[];
}

/** What a rule needs from outside of its document. */
export interface RuleReferences {
  readonly calendars: readonly string[];
  readonly templates: readonly string[];
  readonly channels: readonly string[];
  /** Every event type that the rule looks at, history included. */
  readonly eventTypes: readonly string[];
  /** Plain paths, facts and variables apart; what CEL expressions read is not among them. */
  readonly fields: readonly FieldUse[];
  /** What history must be able to look up by value. */
  readonly historyPaths: readonly { readonly type: string; readonly path: string }[];
  /**
   * How far back history must reach for skip_if and for_each, as written; undefined: not at all.
   */
  readonly longestOver: LongestOver | undefined;
}

export interface LongestOver {
  readonly pointer: string;
  readonly over: string;
  readonly overMs: number;
}

export function ruleReferences(document: RuleDocument): RuleReferences {
  const { detect, message, skip_if: skipIfs = [] } = document;
  const calendar = detect.type === 'deadline' ? detect.calendar : undefined;
  const types = [...detectTypes(detect).all, ...skipIfs.map(({ event }) => event)];
  return {
    calendars: calendar === undefined ? [] : [calendar],
    templates: message === undefined ? [] : [message.template],
    channels: message?.channels ?? [],
    eventTypes: [...new Set(types)],
    fields: fieldUses(document),
    historyPaths: historyPaths(document),
    longestOver: longestOver(document),
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

function longestOver({ detect, skip_if: skipIfs = [] }: RuleDocument): LongestOver | undefined {
  const spans = skipIfs.map(({ over }, index) => ({ pointer: `/skip_if/${index}/over`, over }));
  if (detect.type === 'event' && detect.for_each !== undefined) {
    spans.push({ pointer: '/detect/for_each/over', over: detect.for_each.over });
  }
  return spans
    .map((span) => ({ ...span, overMs: parseDuration(span.over) ?? 0 }))
    .reduce<LongestOver | undefined>(
      (longest, span) => (span.overMs > (longest?.overMs ?? 0) ? span : longest),
      undefined,
    );
}
