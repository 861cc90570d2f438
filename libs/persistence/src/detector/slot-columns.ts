import type { Lane, Slot } from '@amends/domain';
import { plainArray, textArray } from '../database/pg-array';

/** `lane` as it is stored. */
export function laneNo(lane: Lane): number {
  return lane === 'live' ? 0 : 1;
}

export function laneOf(no: number): Lane {
  return no === 0 ? 'live' : 'shadow';
}

/** The three arrays that name slots in a statement. */
export function slotColumns(slots: readonly Slot[]): [string, string, string] {
  return [
    plainArray(slots.map(({ ruleNo }) => ruleNo)),
    plainArray(slots.map(({ lane }) => laneNo(lane))),
    textArray(slots.map(({ key }) => key)),
  ];
}
