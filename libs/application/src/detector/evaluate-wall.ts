import type { DetectStates } from './detect-states';
import { Evaluation } from './evaluation';
import type { LoadedRules } from './loaded-rules';
import type { PreparedBatch } from './prepared-batch';
import { withoutPoison, type Evaluated } from './without-poison';

export interface WallMoment {
  /** The database's clock: when what is found here was detected. */
  readonly nowMs: number;
  /** How far all topics have been read; -Infinity: not known yet. */
  readonly readThroughMs: number;
}

/** Under the wall clock events never wait for timers: those have a worker of their own. */
export function evaluateWall(
  batch: PreparedBatch,
  rules: LoadedRules,
  states: DetectStates,
  { nowMs, readThroughMs }: WallMoment,
): Evaluated {
  return withoutPoison((poison) => {
    const evaluation = new Evaluation(rules, states, rules.latenessMs, poison);
    batch.records.forEach((one, index) => {
      if (one.kind !== 'event' || one.record.history) return;
      const moment = { engineClockMs: readThroughMs, clockMs: nowMs, readCount: index + 1 };
      evaluation.onEvent(one.event, batch.routes[index] ?? [], index, moment);
    });
    return evaluation;
  });
}
