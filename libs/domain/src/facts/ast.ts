import type { ASTNode } from '@marcbachmann/cel-js';

/** A function or method call in an expression. */
export interface Call {
  readonly name: string;
  /** What a method is called on. */
  readonly receiver: ASTNode | undefined;
  readonly inputs: readonly ASTNode[];
}

/** The call that a node is, if it is one; macros such as `all` are calls too. */
export function callOf(node: ASTNode): Call | undefined {
  if (node.op === 'call') {
    return { name: node.args[0], receiver: undefined, inputs: nodesIn(node.args[1]) };
  }
  if (node.op !== 'rcall') return undefined;
  return { name: node.args[0], receiver: node.args[1], inputs: nodesIn(node.args[2]) };
}

/**
 * The nodes directly below a node, as parsed: what macros make of them is built from the same
 * nodes.
 */
export function childrenOf(node: ASTNode): ASTNode[] {
  return nodesIn(node.args);
}

function nodesIn(value: unknown): ASTNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
