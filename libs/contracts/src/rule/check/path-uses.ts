import type { Conditions } from '@amends/domain';
import { pointTo } from '../../json';
import { isDueDuration } from '../definition/detect-deadline';
import { conditionPaths, fieldPaths, type ConditionPath } from './condition-paths';
import { detectTypes, stepType } from './detect-types';
import {
  DUE,
  HISTORY,
  KEY,
  MEASURED,
  onArrival,
  onDecision,
  STEP,
  type PathScope,
} from './path-scope';
import { listOf, type DetectDraft, type RuleDraft } from './rule-draft';

/** A path somewhere in the document. */
export interface PathUse extends ConditionPath {
  readonly scope: PathScope;
  /** Types of the events that a field of the event is read from here. */
  readonly types: readonly string[];
}

/** Every path that the document reads, `customer` and `rule` of limits apart. */
export function pathUses(draft: RuleDraft): readonly PathUse[] {
  const { detect, pay } = draft;
  const { spoken, all } = detectTypes(detect);
  const arrival = onArrival(detect);
  const decision = onDecision(draft);
  const uses: PathUse[] = [
    ...one(detect?.by, '/detect/by', KEY, detect?.type === 'event' ? listOf(detect.event) : all),
    ...within(conditionPaths(detect?.where, '/detect/where'), arrival, whereTypes(detect)),
    ...detectUses(detect, arrival),
    ...one(pay?.payment, '/pay/payment', decision, spoken),
    ...amountPaths(pay?.amount, decision, spoken),
  ];
  draft.skip_if?.forEach((skip, index) => {
    const at = `/skip_if/${index}`;
    const found = listOf(skip?.event);
    uses.push(...one(skip?.same, `${at}/same`, HISTORY, [...spoken, ...found]));
    uses.push(...within(conditionPaths(skip?.where, `${at}/where`), HISTORY, found));
  });
  draft.limits?.forEach((limit, index) => {
    if (limit?.per === 'customer' || limit?.per === 'rule') return;
    uses.push(...one(limit?.per, `/limits/${index}/per`, decision, spoken));
  });
  return uses;
}

function detectUses(detect: DetectDraft | undefined, arrival: PathScope): readonly PathUse[] {
  switch (detect?.type) {
    case undefined:
      return [];
    case 'event': {
      const found = listOf(detect.for_each?.event);
      return [
        ...one(detect.for_each?.by, '/detect/for_each/by', arrival, found),
        ...within(conditionPaths(detect.for_each?.where, '/detect/for_each/where'), arrival, found),
      ];
    }
    case 'window': {
      const types = listOf(detect.event);
      return [
        ...measurePaths(detect.measure, arrival, types),
        ...within(fieldPaths(detect.is, '/detect/is'), MEASURED, types),
      ];
    }
    case 'sequence': {
      const { spoken } = detectTypes(detect);
      const steps = (detect.steps ?? []).flatMap((step, index) => {
        const where = typeof step === 'object' ? step.where : undefined;
        const paths = conditionPaths(where, `/detect/steps/${index}/where`);
        return within(paths, STEP, listOf(stepType(step)));
      });
      return [...steps, ...one(detect.repeat?.by, '/detect/repeat/by', arrival, spoken)];
    }
    case 'deadline': {
      const starts = listOf(detect.start);
      const due = detect.due !== undefined && isDueDuration(detect.due) ? undefined : detect.due;
      return [
        ...one(due, '/detect/due', DUE, [...starts, ...listOf(detect.extend)]),
        ...within(conditionPaths(detect.broken_if, '/detect/broken_if'), arrival, starts),
        ...one(detect.repeat?.by, '/detect/repeat/by', arrival, starts),
      ];
    }
  }
}

function measurePaths(
  measure: Extract<DetectDraft, { readonly type?: 'window' | undefined }>['measure'],
  scope: PathScope,
  types: readonly string[],
): readonly PathUse[] {
  if (typeof measure !== 'object') return [];
  return Object.entries<MeasureOperand>(measure).flatMap(([kind, operand]) => {
    const pointer = pointTo('/detect/measure', kind);
    if (typeof operand === 'string') return one(operand, pointer, scope, types);
    if (!isList(operand)) return within(conditionPaths(operand, pointer), scope, types);
    return operand.flatMap((path, index) => one(path, pointTo(pointer, index), scope, types));
  });
}

type Paths = readonly (string | undefined)[];
type MeasureOperand = string | Paths | Conditions | undefined;

function isList(operand: Conditions | Paths | undefined): operand is Paths {
  return Array.isArray(operand);
}

function amountPaths(
  amount: NonNullable<RuleDraft['pay']>['amount'],
  scope: PathScope,
  types: readonly string[],
): readonly PathUse[] {
  if (amount === undefined) return [];
  if ('of' in amount) return one(amount.of, '/pay/amount/of', scope, types);
  if (!('bands' in amount)) return [];
  const steps = amount.steps ?? [];
  return [
    ...one(amount.bands, '/pay/amount/bands', scope, types),
    ...steps.flatMap((step, index) => {
      const of = step !== undefined && 'of' in step ? step.of : undefined;
      return one(of, `/pay/amount/steps/${index}/of`, scope, types);
    }),
  ];
}

/** `where` of `event` is looked at on the trigger, of `sequence` on the last step. */
function whereTypes(detect: DetectDraft | undefined): readonly string[] {
  return detect?.type === 'event' ? listOf(detect.event) : detectTypes(detect).spoken;
}

function one(
  path: string | undefined,
  pointer: string,
  scope: PathScope,
  types: readonly string[],
): readonly PathUse[] {
  return path === undefined ? [] : [{ path, pointer, scope, types }];
}

function within(
  paths: readonly ConditionPath[],
  scope: PathScope,
  types: readonly string[],
): readonly PathUse[] {
  return paths.map((path) => ({ ...path, scope, types }));
}
