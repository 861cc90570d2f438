import type { Evaluation, Poisoned } from './evaluation';

export interface Evaluated {
  readonly evaluation: Evaluation;
  readonly poisoned: readonly Poisoned[];
}

/**
 * Evaluates until no rule throws: what threw on an event is left out for that event, and all is evaluated
 * anew, so that nothing half done of it remains (semantics 9).
 */
export function withoutPoison(evaluate: (poison: ReadonlySet<string>) => Evaluation): Evaluated {
  const poisoned = new Map<string, Poisoned>();
  for (;;) {
    const evaluation = evaluate(new Set(poisoned.keys()));
    const before = poisoned.size;
    for (const one of evaluation.poisoned) poisoned.set(one.key, one);
    if (poisoned.size === before) return { evaluation, poisoned: [...poisoned.values()] };
  }
}
