import type { BatchHandler, Fence, StreamRecord } from '@amends/application';

/**
 * One assigned partition of a Kafka consumer: the fence as it moves, and one piece of work at a time.
 */
export class OwnedPartition {
  /** Undefined until the stored position is known; nothing is handled before. */
  private fence: Fence | undefined;
  /** From where the client is to fetch next: behind all it has brought, handled or not. */
  private fetchedTo = 0n;
  private chain: Promise<unknown> = Promise.resolve();
  private isLost = false;
  private why: string | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  get ready(): boolean {
    return this.fence !== undefined && !this.isLost;
  }

  /** Why it is not to be read until a person has set the position. */
  get stopped(): string | undefined {
    return this.why;
  }

  get expected(): bigint | undefined {
    return this.fence?.expected;
  }

  /** The position was read and the client has been told to fetch from it. */
  stand(fence: Fence): void {
    this.fence = fence;
    this.fetchedTo = fence.expected;
    this.why = undefined;
  }

  /** Not to be read until a person has set the position. */
  stop(why: string): void {
    this.fence = undefined;
    this.why = why;
  }

  /** Nothing is handled until `stand` is called again. */
  unready(): void {
    this.fence = undefined;
  }

  /** The assignment is over: what still arrives for it is dropped. */
  lose(): void {
    this.isLost = true;
  }

  /**
   * Whether what was fetched from there continues what was fetched before; if so, it counts as brought. A batch from
   * anywhere else was fetched for another position, or the client has jumped: behind it may be a gap, or another topic.
   */
  bring(fetchedOffset: bigint, nextOffset: bigint): boolean {
    if (this.fence === undefined || fetchedOffset !== this.fetchedTo) return false;
    this.fetchedTo = nextOffset;
    return true;
  }

  /** The client has passed over what held nothing for us (control records). */
  pass(nextOffset: bigint): void {
    if (nextOffset > this.fetchedTo) this.fetchedTo = nextOffset;
  }

  /** Runs pieces of work of this partition one after the other. */
  async inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.chain.then(work, work);
    this.chain = turn.catch(() => undefined);
    return turn;
  }

  /** When all the work that has been given to it so far is over. */
  async settled(): Promise<void> {
    await this.chain;
  }

  /** Hands records over and moves the fence; `lost` if the partition is not ours any more. */
  async deliver(
    handler: BatchHandler,
    records: readonly StreamRecord[],
    nextOffset: bigint,
  ): Promise<'done' | 'fenced' | 'lost'> {
    const { fence, topic, partition } = this;
    if (fence === undefined || this.isLost) return 'lost';
    if (nextOffset <= fence.expected) return 'done';
    const fresh = records.filter(({ offset }) => offset >= fence.expected);
    const outcome = await handler({ topic, partition, records: fresh, nextOffset, fence });
    if (outcome === 'done' && this.fence === fence) {
      this.fence = { ...fence, expected: nextOffset };
    }
    return outcome;
  }
}
