import type { Lane, Slot } from './effects';

/** A slot with its `slotId`, so that it is put together once. */
export interface NamedSlot extends Slot {
  readonly id: string;
}

export function namedSlot(slot: Slot): NamedSlot {
  const { ruleNo, lane, key } = slot;
  return { ruleNo, lane, key, id: slotId(slot) };
}

/** One text per slot, for maps and for sorting: lane, rule, key. */
export function slotId(slot: Slot): string {
  return `${slot.lane === 'live' ? '0' : '1'}|${slot.ruleNo}|${slot.key}`;
}

/** The slot a `slotId` names. */
export function parseSlotId(id: string): Slot {
  const first = id.indexOf('|');
  const second = id.indexOf('|', first + 1);
  const lane: Lane = id.slice(0, first) === '0' ? 'live' : 'shadow';
  return { lane, ruleNo: Number(id.slice(first + 1, second)), key: id.slice(second + 1) };
}

const REPEAT = 'repeat:';

/** Where the misses of a `repeat` are counted. JSON texts never begin like this, so no key can collide. */
export function repeatSlot(slot: Slot, value: string): Slot {
  return { ...slot, key: REPEAT + value };
}

export function isRepeatSlot(slot: Slot): boolean {
  return slot.key.startsWith(REPEAT);
}
