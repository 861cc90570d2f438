import {
  linkedSlots,
  namedSlot,
  slotId,
  type DomainEvent,
  type NamedSlot,
  type Slot,
} from '@amends/domain';
import type { DetectTx, StoredSlot } from './detect-store';
import type { LoadedRules } from './loaded-rules';

/** A slot with the events of a batch that touch it. */
export interface TouchedSlot {
  readonly slot: NamedSlot;
  readonly events: DomainEvent[];
}

/** The stored states of all slots that a piece of work may touch. */
export class DetectStates {
  private readonly stored = new Map<string, StoredSlot | null>();

  constructor(
    private readonly tx: DetectTx,
    private readonly rules: LoadedRules,
    /** Locks what it reads: slower, but it cannot be overtaken. */
    private readonly lock: boolean,
  ) {}

  /** What `DetectRun` asks for. */
  get(id: string): string | null {
    return this.stored.get(id)?.json ?? null;
  }

  storedOf(id: string): StoredSlot | null {
    return this.stored.get(id) ?? null;
  }

  storedBySlot(slot: Slot): StoredSlot | null {
    return this.storedOf(slotId(slot));
  }

  put(slot: Slot, stored: StoredSlot | null): void {
    this.stored.set(slotId(slot), stored);
  }

  /** Loads the slots and the counters of misses that hang on them. */
  async load(touched: ReadonlyMap<string, TouchedSlot>): Promise<void> {
    await this.fetch([...touched.values()].map(({ slot }) => slot));
    await this.loadLinked(touched.values());
  }

  async loadLinked(touched: Iterable<{ slot: Slot; events: DomainEvent[] }>): Promise<void> {
    const { ruleSet, hasRepeat } = this.rules;
    const linked = new Map<string, Slot>();
    for (const { slot, events } of touched) {
      const entry = ruleSet.entryOf(slot);
      if (entry === undefined || !hasRepeat(entry)) continue;
      for (const one of linkedSlots(ruleSet, slot, this.get(slotId(slot)), events)) {
        linked.set(slotId(one), one);
      }
    }
    await this.read([...linked.values()]);
  }

  /** Slots not read yet, in the order every process locks them in. */
  async read(slots: readonly Slot[]): Promise<void> {
    await this.fetch(slots.map(namedSlot));
  }

  private async fetch(slots: readonly NamedSlot[]): Promise<void> {
    const missing = slots.filter(({ id }) => !this.stored.has(id)).sort(bySlot);
    if (missing.length === 0) return;
    for (const { id } of missing) this.stored.set(id, null);
    for (const { slot, stored } of await this.tx.readSlots(missing, this.lock)) {
      this.put(slot, stored);
    }
  }
}

/** The order of the primary key, so that two processes never wait for each other crosswise. */
export function bySlot(a: Slot, b: Slot): number {
  if (a.ruleNo !== b.ruleNo) return a.ruleNo - b.ruleNo;
  if (a.lane !== b.lane) return a.lane === 'live' ? -1 : 1;
  if (a.key === b.key) return 0;
  return a.key < b.key ? -1 : 1;
}
