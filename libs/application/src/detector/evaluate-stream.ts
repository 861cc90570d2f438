import type { Slot } from '@amends/domain';
import type { DetectStates } from './detect-states';
import { Evaluation } from './evaluation';
import type { LoadedRules } from './loaded-rules';
import type { PreparedBatch } from './prepared-batch';
import type { StreamPlan } from './stream-plan';
import { TimerHeap } from './timer-heap';
import { withoutPoison, type Evaluated } from './without-poison';

export interface StreamEvaluated extends Evaluated {
  /** The stream clock afterwards. */
  readonly clockMs: number;
}

/** Under the stream clock only `allow_late` counts (semantics 1). */
const LATENESS_MS = 0;

/**
 * The clock follows the events: before one is read, all deadlines earlier than it fire, in due order
 * (RULES.md, semantics 12 and tests).
 */
export function evaluateStream(
  batch: PreparedBatch,
  plan: StreamPlan,
  rules: LoadedRules,
  states: DetectStates,
  startClockMs: number,
): StreamEvaluated {
  let clockMs = startClockMs;
  const evaluated = withoutPoison((poison) => {
    const evaluation = new Evaluation(rules, states, LATENESS_MS, poison);
    const timeline = new Timeline(evaluation, startClockMs);
    for (const { slot, fireAtMs } of plan.due) timeline.timers.set(slot, fireAtMs);
    batch.records.slice(0, plan.readCount).forEach((one, index) => {
      if (one.kind === 'advance') timeline.advance(one.toMs, index);
      if (one.kind === 'event' && !one.record.history) {
        timeline.read(batch, index, one.event);
      }
    });
    timeline.fireBefore(plan.fireBeforeMs, plan.readCount);
    clockMs = timeline.clockMs;
    return evaluation;
  });
  return { ...evaluated, clockMs };
}

class Timeline {
  readonly timers = new TimerHeap();

  constructor(
    private readonly evaluation: Evaluation,
    public clockMs: number,
  ) {}

  read(batch: PreparedBatch, index: number, event: PreparedEvent): void {
    const untilMs = Math.max(this.clockMs, event.timeMs);
    this.fireBefore(untilMs, index);
    this.clockMs = untilMs;
    const routes = batch.routes[index] ?? [];
    this.evaluation.onEvent(event, routes, index, this.moment(index + 1));
    for (const { slot } of routes) if (slot !== null) this.note(slot);
  }

  advance(toMs: number, index: number): void {
    this.fireBefore(toMs + 1, index);
    this.clockMs = Math.max(this.clockMs, toMs);
  }

  fireBefore(beforeMs: number, readCount: number): void {
    for (let next = this.timers.takeFirst(beforeMs); next; next = this.timers.takeFirst(beforeMs)) {
      this.clockMs = Math.max(this.clockMs, next.atMs);
      this.evaluation.fire(next.slots, { ...this.moment(readCount), dueMs: next.atMs });
      for (const slot of next.slots) this.note(slot);
    }
  }

  private note(slot: Slot): void {
    this.timers.set(slot, this.evaluation.nextTimer(slot));
  }

  private moment(readCount: number) {
    return { engineClockMs: this.clockMs, clockMs: this.clockMs, readCount };
  }
}

type PreparedEvent = Parameters<Evaluation['onEvent']>[0];
