import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './ast';

/**
 * Operators whose sides must be of one type for the checker, where numbers of both kinds compare
 * well.
 */
const BESIDE = new Set(['==', '!=', 'in', '?:']);
const MIXED = /'?\bdouble\b.*\bint\b|\bint\b.*\bdouble\b/;

/** Is the engine's complaint only that an int stands beside a double? */
export function isMixedNumbers(summary: string): boolean {
  return MIXED.test(summary);
}

/**
 * Lets the int literals of an expression pass for doubles where they stand beside one: a rule says
 * `late == 30`, not `late == 30.0`. Each is put into a call of `dyn`, which the checker lets pass
 * and the evaluator takes by value.
 */
export function widenInts(node: ASTNode, callDyn: () => ASTNode): void {
  if (BESIDE.has(node.op)) {
    const sides = node.args as ASTNode[];
    sides.forEach((side, index) => {
      if (isInts(side)) sides[index] = asDyn(side, callDyn());
    });
  }
  childrenOf(node).forEach((child) => {
    widenInts(child, callDyn);
  });
}

function asDyn(literal: ASTNode, call: ASTNode): ASTNode {
  const [, inputs] = call.args as [string, ASTNode[]];
  inputs[0] = literal;
  return call;
}

function isInts(node: ASTNode): boolean {
  switch (node.op) {
    case 'value':
      return typeof node.args === 'bigint';
    case '-_':
      return isInts(node.args);
    case 'list':
      return node.args.every(isInts);
    default:
      return false;
  }
}
