import type { Lane, Slot } from '@amends/domain';
import { arrayOf } from '../database/binary-array';

/** `lane` as it is stored. */
export function laneNo(lane: Lane): number {
  return lane === 'live' ? 0 : 1;
}

export function laneOf(no: number): Lane {
  return no === 0 ? 'live' : 'shadow';
}

/** The three arrays that name slots in a statement. */
export function slotColumns(slots: readonly Slot[]): [Buffer, Buffer, Buffer] {
  return [
    arrayOf.int4(slots.map(({ ruleNo }) => ruleNo)),
    arrayOf.int2(slots.map(({ lane }) => laneNo(lane))),
    arrayOf.text(slots.map(({ key }) => key)),
  ];
}

/** A rule with its stretch of a list of slots, places counted from 1. */
export interface RuleRun {
  readonly ruleNo: number;
  readonly lane: Lane;
  readonly first: number;
  last: number;
}

/** The stretches of a list in key order that are of one rule each. */
export function runsOfRules(slots: readonly Slot[]): RuleRun[] {
  const runs: RuleRun[] = [];
  let run: RuleRun | undefined;
  slots.forEach(({ ruleNo, lane }, index) => {
    const place = index + 1;
    if (run?.ruleNo === ruleNo && run.lane === lane) run.last = place;
    else runs.push((run = { ruleNo, lane, first: place, last: place }));
  });
  return runs;
}

export function runColumns(runs: readonly RuleRun[]): Buffer[] {
  return [
    arrayOf.int4(runs.map(({ ruleNo }) => ruleNo)),
    arrayOf.int2(runs.map(({ lane }) => laneNo(lane))),
    arrayOf.int4(runs.map(({ first }) => first)),
    arrayOf.int4(runs.map(({ last }) => last)),
  ];
}
