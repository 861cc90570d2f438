import type { CompiledConditions } from '../conditions';
import { attributeText } from '../event';
import type { JsonObject } from '../json';
import type { DetectSequence, RuleDocument, Step } from '../rule-document';
import {
  type CommonSpec,
  compileCommon,
  compileOwn,
  customerOf,
  judge,
  read,
} from './compiled-common';
import { known } from './compiled-deadline';
import { emitMiss } from './emit-miss';
import { eventRef, orderKey, orderOf } from './event-ref';
import { findChains } from './find-chain';
import type { GatherSpec } from './gather';
import type { GatheredItem } from './gathered-state';
import { countMiss } from './repeat';
import { compileRepeat, type RepeatSpec } from './compiled-repeat';
import type { Miss } from './repeat-state';
import type { SlotContext } from './slot-context';
import { typesOf } from './types-of';

export interface SequenceSpec extends CommonSpec {
  readonly type: 'sequence';
  readonly steps: readonly StepSpec[];
  readonly cancels: ReadonlySet<string>;
  readonly withinMs: number;
  readonly repeat: RepeatSpec | null;
}

interface StepSpec {
  readonly type: string;
  readonly where: CompiledConditions | null;
}

/** `sequence`: the steps in this order by event time, first to last `within`, no cancel in between. */
export interface SequenceDetector extends GatherSpec {
  readonly type: 'sequence';
  readonly spec: SequenceSpec;
}

export function sequenceDetector(
  document: RuleDocument & { readonly detect: DetectSequence },
): SequenceDetector {
  const { detect } = document;
  const common = compileCommon(document, known);
  const spec: SequenceSpec = {
    ...common,
    type: 'sequence',
    steps: detect.steps.map((step) => compileStep(step, common)),
    cancels: new Set(typesOf(detect.cancel)),
    withinMs: known(detect.within),
    repeat: detect.repeat ? compileRepeat(detect.repeat, common.byPath, common.factNames) : null,
  };
  return {
    type: 'sequence',
    spec,
    allowLateMs: spec.allowLateMs,
    spanMs: spec.withinMs,
    types: new Set([...spec.steps.map((step) => step.type), ...spec.cancels]),
    itemOf: (event, own, context) => itemOf(spec, event, own, context),
    look: (items, added, version, context) => look(spec, items, added, version, context),
  };
}

function compileStep(step: Step, common: CommonSpec): StepSpec {
  if (typeof step === 'string') return { type: step, where: null };
  return { type: step.event, where: step.where ? compileOwn(common, step.where) : null };
}

function itemOf(
  spec: SequenceSpec,
  event: JsonObject,
  own: boolean,
  context: SlotContext,
): GatheredItem | undefined {
  const reading = { event, vars: {}, facts: {} };
  let steps = 0;
  for (const [index, step] of spec.steps.entries()) {
    if (step.type !== event['type']) continue;
    const judged = judge(reading, step.where);
    for (const path of judged.undecided) {
      context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
    }
    if (judged.verdict === 'true') steps |= 1 << index;
  }
  const cancels = spec.cancels.has(attributeText(event, 'type'));
  if (steps === 0 && !cancels) return undefined;
  const item = { ...orderOf(event), m: steps, o: own, e: event };
  return cancels ? { ...item, c: true } : item;
}

function look(
  spec: SequenceSpec,
  items: readonly GatheredItem[],
  added: GatheredItem,
  version: number,
  context: SlotContext,
): readonly GatheredItem[] {
  for (const chain of findChains(items, added, spec.steps.length, spec.withinMs)) {
    const miss = missOf(spec, chain, version, context);
    if (!miss) continue;
    const told = spec.repeat ? countMiss(miss, spec.repeat, context) : miss;
    if (told) {
      const decide = { unit: 0, units: null, atMs: told.at };
      emitMiss(told, decide, spec.byPath, context, [added.t, orderKey(added)]);
    }
    return chain;
  }
  return [];
}

/** What the steps come to, if `where` holds over them and the event that opens or completes it says to whom. */
function missOf(
  spec: SequenceSpec,
  chain: readonly GatheredItem[],
  version: number,
  context: SlotContext,
): Miss | undefined {
  const [first, last] = [chain[0], chain.at(-1)];
  if (!first || !last) return undefined;
  const vars = Object.fromEntries(chain.map((item, index) => [`step${index + 1}`, item.e]));
  const judged = judge(read(spec, last.e, vars), spec.where);
  const undecided = (path: string) => {
    context.emit({ kind: 'undecidable', ruleId: context.ruleId, path });
  };
  judged.undecided.forEach(undecided);
  if (judged.verdict !== 'true') return undefined;
  const customerId = customerOf(last.e) ?? customerOf(first.e);
  if (customerId === undefined) {
    undecided('customerid');
    return undefined;
  }
  const ref = refOf(first);
  return {
    at: last.t,
    key: context.slot.key,
    occurrence: ref,
    order: [first.t, orderKey(first)],
    customerId,
    version,
    reading: judged.reading,
    evidence: chain.map(refOf),
    why: spec.where?.explain(judged.reading) ?? [],
    closed: last.t,
  };
}

function refOf(item: GatheredItem): string {
  return eventRef({ source: item.s, id: item.d });
}
