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
