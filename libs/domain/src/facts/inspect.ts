import type { ASTNode } from '@marcbachmann/cel-js';
import { type Call, callOf, childrenOf } from './ast';
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

/**
 * Walks a parsed expression once: refuses what could run away, and redirects calls to our own
 * functions.
 */
export function inspect(root: ASTNode): Inspection {
  const inspector = new Inspector();
  inspector.visit(root, false);
  return inspector.result(root);
}

class Inspector {
  private readonly refusals: Refusal[] = [];
  private loops = 0;
  private additions = 0;
  private loopAdditions = 0;
  private seesNull = false;

  /** The number of nodes from this one down. */
  visit(node: ASTNode, insideLoop: boolean): number {
    redirect(node);
    const call = callOf(node);
    if (NULL_WATCHERS.has(call?.name ?? node.op)) this.seesNull = true;
    if (node.op === '+') this.countAddition(insideLoop);
    if (!call) return 1 + this.visitAll(childrenOf(node), insideLoop);
    this.refuseCall(node, call, insideLoop);
    const isLoop = call.receiver !== undefined && LOOPS.has(call.name);
    if (isLoop) this.enterLoop(node, call, insideLoop);
    const outside = call.receiver ? this.visit(call.receiver, insideLoop) : 0;
    const inside = this.visitAll(call.inputs, insideLoop || isLoop);
    if (isLoop && inside > MAX_LOOP_NODES) this.refuse(node, 'this loop does too much');
    return 1 + outside + inside;
  }

  result(root: ASTNode): Inspection {
    if (this.loopAdditions > MAX_LOOP_ADDITIONS) this.refuse(root, 'too many + in loops');
    return {
      refusals: this.refusals,
      heavy: this.loops > 0 || this.additions > MAX_FREE_ADDITIONS,
      seesNull: this.seesNull || this.loops > 0,
    };
  }

  private visitAll(nodes: readonly ASTNode[], insideLoop: boolean): number {
    return nodes.reduce((count, node) => count + this.visit(node, insideLoop), 0);
  }

  private countAddition(insideLoop: boolean): void {
    this.additions += 1;
    if (insideLoop) this.loopAdditions += 1;
  }

  private refuseCall(node: ASTNode, { name }: Call, insideLoop: boolean): void {
    if (name === 'matches') {
      const message = 'matches() can take exponential time and is not available';
      this.refuse(node, message, 'matches_refused');
    }
    if (name === 'bind') this.refuse(node, 'cel.bind is not available: use another fact');
    if (name === 'split' && insideLoop) {
      this.refuse(node, 'split() can not stand inside a loop over a list');
    }
  }

  private enterLoop(node: ASTNode, { inputs }: Call, insideLoop: boolean): void {
    this.loops += 1;
    const [variable] = inputs;
    if (variable?.op === 'id' && variable.args === 'type') {
      this.refuse(variable, 'the variable of a loop can not be named type');
    }
    if (insideLoop) this.refuse(node, 'a loop inside a loop is not available');
  }

  private refuse(node: ASTNode, message: string, code: Refusal['code'] = 'loop_refused'): void {
    this.refusals.push({ code, message, from: node.range.start, to: node.range.end });
  }
}
