import { timeOf, withoutDuplicates } from './arrivals';
import { deadlineDetector } from './deadline-detector';
import type { Detector } from './detector';
import { eventDetector } from './event-detector';
import { inOrderDetector } from './in-order-detector';
import type { OracleEvent, OracleIncident, OracleOptions, RawRule } from './model';
import { sequenceDetector } from './sequence-detector';
import { plainMs } from './span';
import { byDueOrder } from './timer';
import { windowDetector } from './window-detector';
import type { World } from './world';

export type { OracleEvent, OracleIncident, OraclePayment } from './model';

/**
 * What a rule finds in a list of arrivals, told as literally as RULES.md tells it: slow, and
 * without a line in common with the engine.
 */
export function oracle(
  rule: RawRule,
  arrivals: OracleEvent[],
  opts: OracleOptions,
): OracleIncident[] {
  const world: World = { rule, options: opts, read: [], clockMs: -Infinity, ledger: [] };
  const detector = detectorOf(world);
  const latenessMs = plainMs(rule.detect.allow_late ?? '0s');

  for (const event of withoutDuplicates(arrivals)) {
    const clockMs = Math.max(world.clockMs, timeOf(event));
    fireWhile(world, detector, latenessMs, (instant) => instant < clockMs);
    world.clockMs = clockMs;
    world.read.push(event);
    detector.read(event);
  }
  const lastMs = world.clockMs;
  const isOver = (instant: number): boolean => instant <= opts.untilMs || instant < lastMs;
  fireWhile(world, detector, latenessMs, isOver);
  return detector.incidents();
}

/** Fires what is due, one at a time, since each may change what is due next. */
function fireWhile(
  world: World,
  detector: Detector,
  latenessMs: number,
  isOver: (instant: number) => boolean,
): void {
  for (;;) {
    const due = detector.timers().filter((timer) => isOver(timer.atMs + latenessMs));
    const [first] = due.sort(byDueOrder);
    if (!first) return;
    world.clockMs = Math.max(world.clockMs, first.atMs + latenessMs);
    first.fire();
  }
}

function detectorOf(world: World): Detector {
  const { detect } = world.rule;
  switch (detect.type) {
    case 'event':
      return eventDetector(world);
    case 'window':
      return inOrderDetector(world, windowDetector);
    case 'sequence':
      return inOrderDetector(world, sequenceDetector);
    case 'deadline':
      return deadlineDetector(world);
    default:
      throw new Error(`no such detect type: ${detect.type}`);
  }
}
