import { slotId, type Slot } from '@amends/domain';
import { bySlot } from './detect-states';

interface Entry {
  readonly atMs: number;
  readonly slot: Slot;
  readonly id: string;
}

/** Slots by the instant they are to fire at; setting one again moves it. */
export class TimerHeap {
  private readonly heap: Entry[] = [];
  private readonly current = new Map<string, number>();

  /** null: the slot is not to fire. */
  set(slot: Slot, atMs: number | null): void {
    const id = slotId(slot);
    if (atMs === null) {
      this.current.delete(id);
      return;
    }
    if (this.current.get(id) === atMs) return;
    this.current.set(id, atMs);
    this.push({ atMs, slot, id });
  }

  /** Takes out all slots of the earliest instant, in key order, if it is before `beforeMs`. */
  takeFirst(beforeMs: number): { readonly atMs: number; readonly slots: Slot[] } | undefined {
    const first = this.peek();
    if (first === undefined || first.atMs >= beforeMs) return undefined;
    const slots: Slot[] = [];
    for (let next = this.peek(); next?.atMs === first.atMs; next = this.peek()) {
      this.pop();
      this.current.delete(next.id);
      slots.push(next.slot);
    }
    return { atMs: first.atMs, slots: slots.sort(bySlot) };
  }

  /** The earliest entry that still stands. */
  private peek(): Entry | undefined {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (this.current.get(top.id) === top.atMs) return top;
      this.pop();
    }
    return undefined;
  }

  private push(entry: Entry): void {
    const { heap } = this;
    heap.push(entry);
    let index = heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.atOf(parent) <= entry.atMs) break;
      this.swap(index, parent);
      index = parent;
    }
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let index = 0; ;) {
      const left = 2 * index + 1;
      const least = this.atOf(left + 1) < this.atOf(left) ? left + 1 : left;
      if (this.atOf(least) >= last.atMs) return;
      this.swap(index, least);
      index = least;
    }
  }

  private atOf(index: number): number {
    return this.heap[index]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  private swap(a: number, b: number): void {
    const { heap } = this;
    const [x, y] = [heap[a], heap[b]];
    if (x === undefined || y === undefined) return;
    heap[a] = y;
    heap[b] = x;
  }
}
