import type { Assignment, PartitionEnd, PositionStore } from '@amends/application';
import type { Consumer } from 'kafkajs';
import { OwnedPartition } from './owned-partition';
import { checkInRange, startPositions } from './start-positions';

export interface PartitionDeskOptions {
  readonly positions: PositionStore;
  /** The name positions are kept under. */
  readonly source: string;
  readonly owner: string;
  readonly ends: () => Promise<PartitionEnd[]>;
  readonly onError: (error: unknown) => void;
  readonly onAssigned: (assignments: readonly Assignment[]) => void;
}

const RETRY_MS = 500;

/**
 * The partitions of the assignment that is in force. Each is an object of its own per assignment, so
 * that work begun under an earlier one finds itself dropped: an epoch of our own, for kafkajs has none.
 */
export class PartitionDesk {
  private readonly owned = new Map<string, OwnedPartition>();
  private readonly pending = new Set<Promise<void>>();

  constructor(private readonly options: PartitionDeskOptions) {}

  get(part: Assignment): OwnedPartition | undefined {
    return this.owned.get(keyOf(part));
  }

  isMine(owned: OwnedPartition): boolean {
    return this.owned.get(keyOf(owned)) === owned;
  }

  all(): readonly OwnedPartition[] {
    return [...this.owned.values()];
  }

  ready(): readonly Assignment[] {
    return this.all().filter(({ ready }) => ready);
  }

  dropAll(): void {
    for (const owned of this.owned.values()) owned.lose();
    this.owned.clear();
  }

  /** Pauses at once, in the listener: a fetch from anywhere else must not start. */
  take(consumer: Consumer, assigned: Readonly<Record<string, readonly number[]>>): void {
    this.dropAll();
    const joined = Object.entries(assigned).flatMap(([topic, partitions]) =>
      partitions.map((partition) => new OwnedPartition(topic, partition)),
    );
    for (const owned of joined) this.owned.set(keyOf(owned), owned);
    consumer.pause(joined.map(({ topic, partition }) => ({ topic, partitions: [partition] })));
    this.track(this.stand(consumer, joined));
  }

  /** After a failure or a refused swap: what is stored decides where to read on. */
  restand(consumer: Consumer, owned: OwnedPartition): void {
    if (!this.isMine(owned)) return;
    owned.unready();
    consumer.pause([{ topic: owned.topic, partitions: [owned.partition] }]);
    this.track(
      sleep(RETRY_MS).then(async () => {
        if (this.isMine(owned)) await this.stand(consumer, [owned]);
      }),
    );
  }

  track(work: Promise<unknown>): void {
    const settled: Promise<void> = work
      .then(() => undefined, this.options.onError)
      .finally(() => this.pending.delete(settled));
    this.pending.add(settled);
  }

  async settled(): Promise<void> {
    await Promise.all(this.pending);
  }

  /** Loads positions, seeks, resumes; again and again while the partitions are still ours. */
  private async stand(consumer: Consumer, joined: readonly OwnedPartition[]): Promise<void> {
    for (let wanted = joined; ;) {
      wanted = wanted.filter((owned) => this.isMine(owned));
      if (wanted.length === 0) return;
      try {
        await this.claim(consumer, wanted);
        this.options.onAssigned(this.ready());
        return;
      } catch (error) {
        this.options.onError(error);
        await sleep(RETRY_MS);
      }
    }
  }

  private async claim(consumer: Consumer, wanted: readonly OwnedPartition[]): Promise<void> {
    const { positions, source, owner } = this.options;
    const ends = await this.options.ends();
    const claims = startPositions(wanted, ends);
    for (const fence of await positions.claim(source, claims, owner)) {
      const owned = this.get(fence);
      if (owned === undefined || !wanted.includes(owned)) continue;
      const { topic, partition, expected } = fence;
      checkInRange(fence, ends);
      consumer.seek({ topic, partition, offset: expected.toString() });
      owned.stand(fence);
      consumer.resume([{ topic, partitions: [partition] }]);
    }
  }
}

function keyOf({ topic, partition }: Assignment): string {
  return `${topic}/${String(partition)}`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
