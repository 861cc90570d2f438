import type { Conditions, Operators } from '@amends/domain';
import type { Text } from '../../problem';
import { listed, same } from './say';

type Operand = Conditions[string];

const SYMBOLS: Readonly<Record<string, string>> = {
  eq: '=',
  not: '≠',
  gte: '≥',
  gt: '>',
  lte: '≤',
  lt: '<',
};

/** `data.offer = rental and late ≥ 10`. */
export function sayConditions(conditions: Conditions): Text {
  return listed(
    Object.entries(conditions).map(([key, operand]) => sayEntry(key, operand)),
    'and',
  );
}

/** `≥ 3 and < 10`. */
export function sayOperators(operators: Operators): Text {
  return listed(
    Object.entries(operators).map(([name, operand]) => sayOperator(name, operand)),
    'and',
  );
}

function sayEntry(key: string, operand: Operand): Text {
  if (key === 'any') {
    const { en, zh } = listed((operand as readonly Conditions[]).map(sayConditions), 'or');
    return { en: `(${en})`, zh: `（${zh}）` };
  }
  if (key === 'not') {
    const { en, zh } = sayConditions(operand as Conditions);
    return { en: `not (${en})`, zh: `非（${zh}）` };
  }
  const { en, zh } = sayOperand(operand);
  return { en: `${key} ${en}`, zh: `${key} ${zh}` };
}

function sayOperand(operand: Operand): Text {
  if (Array.isArray(operand)) return sayOperator('in', operand);
  if (typeof operand !== 'object' || operand === null || 'field' in operand) {
    return sayOperator('eq', operand);
  }
  return sayOperators(operand as Operators);
}

function sayOperator(name: string, operand: unknown): Text {
  const value = sayValue(operand);
  const symbol = SYMBOLS[name];
  if (symbol !== undefined) return same(`${symbol} ${value}`);
  switch (name) {
    case 'in':
      return { en: `is one of ${value}`, zh: `属于 ${value}` };
    case 'not_in':
      return { en: `is none of ${value}`, zh: `不属于 ${value}` };
    case 'contains':
      return { en: `contains ${value}`, zh: `包含 ${value}` };
    default:
      return operand === true
        ? { en: 'is there', zh: '存在' }
        : { en: 'is not there', zh: '不存在' };
  }
}

const MAX_LISTED = 5;

function sayValue(operand: unknown): string {
  if (Array.isArray(operand)) {
    const shown = operand.slice(0, MAX_LISTED).map(String).join(', ');
    return operand.length > MAX_LISTED ? `[${shown}, …]` : `[${shown}]`;
  }
  if (typeof operand === 'object' && operand !== null && 'field' in operand) {
    return String(operand.field);
  }
  return String(operand);
}
