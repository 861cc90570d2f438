export interface UndecidableCount {
  readonly ruleId: string;
  readonly path: string;
  readonly count: number;
}

/** Keeps the counts of evaluations that could not be made. */
export abstract class UndecidableStore {
  abstract add(counts: readonly UndecidableCount[]): Promise<void>;
}

/**
 * Counts in memory and writes now and then: one row per rule and path is written by every batch that
 * lacks the same field, and its lock would make batches wait for each other.
 */
export class UndecidableCounter {
  private counts = new Map<string, UndecidableCount>();

  constructor(private readonly store: UndecidableStore) {}

  add(found: readonly { readonly ruleId: string; readonly path: string }[]): void {
    for (const { ruleId, path } of found) {
      const key = JSON.stringify([ruleId, path]);
      const count = (this.counts.get(key)?.count ?? 0) + 1;
      this.counts.set(key, { ruleId, path, count });
    }
  }

  /** Writes what was counted; keeps it for the next time if that fails. */
  async flush(): Promise<void> {
    if (this.counts.size === 0) return;
    const { counts } = this;
    this.counts = new Map();
    try {
      await this.store.add([...counts.values()]);
    } catch (error) {
      for (const [key, { ruleId, path, count }] of counts) {
        const since = this.counts.get(key)?.count ?? 0;
        this.counts.set(key, { ruleId, path, count: count + since });
      }
      throw error;
    }
  }
}
