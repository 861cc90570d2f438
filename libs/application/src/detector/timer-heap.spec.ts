import type { Slot } from '@amends/domain';
import { TimerHeap } from './timer-heap';

const slot = (key: string): Slot => ({ ruleNo: 1, lane: 'live', key });

describe('TimerHeap', () => {
  it('gives slots by instant, those of one instant together and in key order', () => {
    const heap = new TimerHeap();
    heap.set(slot('c'), 20);
    heap.set(slot('b'), 10);
    heap.set(slot('a'), 20);
    expect(heap.takeFirst(10)).toBeUndefined();
    expect(heap.takeFirst(11)).toEqual({ atMs: 10, slots: [slot('b')] });
    expect(heap.takeFirst(100)).toEqual({ atMs: 20, slots: [slot('a'), slot('c')] });
    expect(heap.takeFirst(100)).toBeUndefined();
  });

  it('moves and removes slots', () => {
    const heap = new TimerHeap();
    heap.set(slot('a'), 10);
    heap.set(slot('a'), 30);
    heap.set(slot('b'), 20);
    heap.set(slot('b'), null);
    heap.set(slot('c'), 40);
    heap.set(slot('c'), 5);
    expect(heap.takeFirst(100)?.atMs).toBe(5);
    expect(heap.takeFirst(100)).toEqual({ atMs: 30, slots: [slot('a')] });
    expect(heap.takeFirst(100)).toBeUndefined();
  });

  it('sorts any number', () => {
    const heap = new TimerHeap();
    let state = 7;
    const times = Array.from({ length: 2_000 }, () => (state = (state * 48_271) % 2_147_483_647));
    times.forEach((atMs, index) => {
      heap.set(slot(String(index)), atMs);
    });
    const taken: number[] = [];
    for (let next = heap.takeFirst(Infinity); next; next = heap.takeFirst(Infinity)) {
      const { atMs, slots } = next;
      taken.push(...slots.map(() => atMs));
    }
    expect(taken).toEqual([...times].sort((a, b) => a - b));
  });
});
