import type { ASTNode } from '@marcbachmann/cel-js';
import { redirect } from './engine';

/** What is refused although the engine would take it. */
export interface Refusal {
  readonly code: 'matches_refused' | 'loop_refused';
  readonly message: string;
  readonly from: number;
  readonly to: number;
}

export interface Inspection {
  readonly refusals: readonly Refusal[];
  /** Its work grows faster than the event: it is only evaluated on events without long lists. */
  readonly heavy: boolean;
  /** It could tell a null from an absent key, which are the same in a rule. */
  readonly seesNull: boolean;
}

const NULL_WATCHERS = new Set(['==', '!=', 'in', 'has', 'size', 'type', 'dyn']);
const LOOPS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
const MAX_LOOP_NODES = 64;
/** Each `+` of two lists copies both. */
const MAX_LOOP_ADDITIONS = 4;
const MAX_FREE_ADDITIONS = 8;

/** Walks a parsed expression once: refuses what could run away, and redirects calls to our own functions. */
export function inspect(root: ASTNode): Inspection {
  const refusals: Refusal[] = [];
  let loops = 0;
  let additions = 0;
  let loopAdditions = 0;
  let seesNull = false;
  const refuse = (node: ASTNode, code: Refusal['code'], message: string): void => {
    refusals.push({ code, message, from: node.range.start, to: node.range.end });
  };
  const visit = (node: ASTNode, insideLoop: boolean): number => {
    redirect(node);
    const { name, receiver, inputs } = partsOf(node);
    if (node.op === '+') additions += 1;
    if (node.op === '+' && insideLoop) loopAdditions += 1;
    if (NULL_WATCHERS.has(name ?? node.op)) seesNull = true;
    if (name === 'matches') {
      refuse(node, 'matches_refused', 'matches() can take exponential time and is not available');
    }
    if (name === 'bind') {
      refuse(node, 'loop_refused', 'cel.bind is not available: use another fact');
    }
    if (name === 'split' && insideLoop) {
      refuse(node, 'loop_refused', 'split() can not stand inside a loop over a list');
    }
    const isLoop = name !== undefined && receiver !== undefined && LOOPS.has(name);
    if (isLoop) loops += 1;
    const [variable] = inputs;
    if (isLoop && variable?.op === 'id' && variable.args === 'type') {
      refuse(variable, 'loop_refused', 'the variable of a loop can not be named type');
    }
    if (isLoop && insideLoop) refuse(node, 'loop_refused', 'a loop inside a loop is not available');
    const outside = receiver ? visit(receiver, insideLoop) : 0;
    let inside = 0;
    for (const input of inputs) inside += visit(input, insideLoop || isLoop);
    if (isLoop && inside > MAX_LOOP_NODES) refuse(node, 'loop_refused', 'this loop does too much');
    return 1 + outside + inside;
  };
  visit(root, false);
  if (loopAdditions > MAX_LOOP_ADDITIONS) refuse(root, 'loop_refused', 'too many + in loops');
  return {
    refusals,
    heavy: loops > 0 || additions > MAX_FREE_ADDITIONS,
    seesNull: seesNull || loops > 0,
  };
}

interface NodeParts {
  /** Name of the function or method called. */
  readonly name: string | undefined;
  readonly receiver: ASTNode | undefined;
  readonly inputs: readonly ASTNode[];
}

function partsOf(node: ASTNode): NodeParts {
  const args: unknown = node.args;
  if (node.op === 'call' || node.op === 'rcall') {
    const [name, second, third] = args as [string, unknown, unknown];
    return node.op === 'call'
      ? { name, receiver: undefined, inputs: nodesIn(second) }
      : { name, receiver: second as ASTNode, inputs: nodesIn(third) };
  }
  return { name: undefined, receiver: undefined, inputs: nodesIn(args) };
}

/** The nodes directly below a node, as parsed: what macros make of them is built from the same nodes. */
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
