import type { Lane, Slot } from '@amends/domain';

/** `lane` as it is stored. */
export function laneNo(lane: Lane): number {
  return lane === 'live' ? 0 : 1;
}

export function laneOf(no: number): Lane {
  return no === 0 ? 'live' : 'shadow';
}

/** The three arrays that name slots in a statement. */
export function slotColumns(slots: readonly Slot[]): [number[], number[], string[]] {
  return [
    slots.map(({ ruleNo }) => ruleNo),
    slots.map(({ lane }) => laneNo(lane)),
    slots.map(({ key }) => key),
  ];
}
