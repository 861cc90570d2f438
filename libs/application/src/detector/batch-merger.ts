import type { BatchHandler, BatchOutcome, EventBatch } from '../events/event-source';

export interface BatchMergerOptions {
  /** Works batches off in one transaction, and says what became of each. */
  readonly run: (batches: readonly EventBatch[]) => Promise<Map<EventBatch, BatchOutcome>>;
  /** Transactions at a time. */
  readonly lanes: number;
  /** Records per transaction, at most (unless a single batch has more). */
  readonly recordsMax: () => number;
}

interface Waiting {
  readonly batch: EventBatch;
  readonly resolve: (outcome: BatchOutcome) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Lets batches of several partitions that arrive while others are worked on share the next transaction:
 * under load a transaction is full, and without it nobody waits.
 */
export class BatchMerger {
  private readonly waiting: Waiting[] = [];
  private busy = 0;

  constructor(private readonly options: BatchMergerOptions) {}

  readonly handle: BatchHandler = (batch) =>
    new Promise<BatchOutcome>((resolve, reject) => {
      this.waiting.push({ batch, resolve, reject });
      // Batches read by one statement arrive in one turn of the event loop.
      setImmediate(() => {
        this.fill();
      });
    });

  private fill(): void {
    while (this.busy < this.options.lanes && this.waiting.length > 0) {
      this.busy += 1;
      void this.runGroup(this.takeGroup());
    }
  }

  private takeGroup(): Waiting[] {
    const recordsMax = this.options.recordsMax();
    let size = 0;
    let count = 0;
    for (const { batch } of this.waiting) {
      if (count > 0 && size + batch.records.length > recordsMax) break;
      size += batch.records.length;
      count += 1;
    }
    return this.waiting.splice(0, count);
  }

  private async runGroup(group: readonly Waiting[]): Promise<void> {
    try {
      const outcomes = await this.options.run(group.map(({ batch }) => batch));
      for (const { batch, resolve } of group) resolve(outcomes.get(batch) ?? 'fenced');
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      this.busy -= 1;
      this.fill();
    }
  }
}
