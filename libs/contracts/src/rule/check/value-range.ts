import { isPlainObject } from '../../json';
import type { RuleDraft } from './rule-draft';

/** What a number can be at a decision, as the rule itself says; ends included or not. */
export interface ValueRange {
  readonly least: number;
  readonly most: number;
  /** Whether `most` itself is reached. */
  readonly mostIncluded: boolean;
}

const ANY: ValueRange = { least: -Infinity, most: Infinity, mostIncluded: false };

/** The range of the value at `path`, by the conditions that every incident satisfies. */
export function valueRange({ detect }: RuleDraft, path: string): ValueRange {
  if (detect?.type === 'deadline' && path === 'unit') {
    return { least: 1, most: detect.accrue?.max ?? Infinity, mostIncluded: true };
  }
  if (detect?.type === 'window' && path === 'value') return rangeOf(detect.is);
  const where: Readonly<Record<string, unknown>> = detect?.where ?? {};
  return Object.hasOwn(where, path) ? rangeOf(where[path]) : ANY;
}

function rangeOf(operand: unknown): ValueRange {
  if (typeof operand === 'number') return { least: operand, most: operand, mostIncluded: true };
  if (Array.isArray(operand)) return rangeOfList(operand);
  if (!isPlainObject(operand)) return ANY;
  const number = (name: string): number | undefined => {
    const value = operand[name];
    return typeof value === 'number' ? value : undefined;
  };
  const exact = number('eq');
  if (exact !== undefined) return rangeOf(exact);
  const below = number('lt') ?? Infinity;
  const atMost = number('lte') ?? Infinity;
  return {
    least: Math.max(number('gte') ?? -Infinity, number('gt') ?? -Infinity),
    most: Math.min(below, atMost),
    mostIncluded: atMost < below,
  };
}

function rangeOfList(values: readonly unknown[]): ValueRange {
  const numbers = values.filter((value) => typeof value === 'number');
  if (numbers.length === 0 || numbers.length < values.length) return ANY;
  return { least: Math.min(...numbers), most: Math.max(...numbers), mostIncluded: true };
}
