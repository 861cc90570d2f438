import type { Assignment, Fence, PartitionEnd, PositionStore } from '@amends/application';
import type { Consumer } from 'kafkajs';
import { OwnedPartition } from './owned-partition';
import { outsideOf, startPositions } from './start-positions';

export interface PartitionDeskOptions {
  readonly positions: PositionStore;
  /** The name positions are kept under. */
  readonly source: string;
  readonly owner: string;
  readonly ends: () => Promise<PartitionEnd[]>;
  readonly onError: (error: unknown) => void;
  readonly onAssigned: (assignments: readonly Assignment[]) => void;
  /** Nobody reads the partition until a person has set its position. */
  readonly onStopped: (part: Assignment, why: string) => void;
  /** It is read again, or is not ours any more. */
  readonly onReleased: (part: Assignment) => void;
}

/** A partition that nobody reads until a person has set its position. */
export interface StoppedPartition extends Assignment {
  readonly why: string;
}

const RETRY_MS = 500;
/** How soon reading goes on after a person has set a position. */
const RECHECK_MS = 2_000;
/** A position is outside of the topic only if it still is when the broker is asked again, so often. */
const CONFIRMATIONS = 3;
const CONFIRM_MS = 500;

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

  stopped(): readonly StoppedPartition[] {
    return this.all().flatMap(({ topic, partition, stopped: why }) =>
      why === undefined ? [] : [{ topic, partition, why }],
    );
  }

  dropAll(): void {
    for (const owned of this.owned.values()) {
      owned.lose();
      if (owned.stopped !== undefined) this.options.onReleased(owned);
    }
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

  /** Where reading stands; to be taken before ends are asked for, and handed to `check` with them. */
  expected(): ReadonlyMap<OwnedPartition, bigint> {
    return new Map(
      this.all().flatMap((owned) =>
        owned.expected === undefined ? [] : [[owned, owned.expected] as const],
      ),
    );
  }

  /** An end behind what has been read: the topic was made anew under us. */
  check(
    consumer: Consumer,
    before: ReadonlyMap<OwnedPartition, bigint>,
    ends: readonly PartitionEnd[],
  ): void {
    for (const { topic, partition, end } of ends) {
      const owned = this.get({ topic, partition });
      const read = owned === undefined ? undefined : before.get(owned);
      if (owned?.ready === true && read !== undefined && read > end) this.restand(consumer, owned);
    }
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
      if (fence.stopped !== null) this.halt(consumer, owned, fence.stopped);
      else if (outsideOf(fence, ends) === undefined) this.begin(consumer, owned, fence);
      else this.track(this.doubt(consumer, owned, fence));
    }
  }

  private begin(consumer: Consumer, owned: OwnedPartition, fence: Fence): void {
    const { topic, partition, expected } = fence;
    consumer.seek({ topic, partition, offset: expected.toString() });
    if (owned.stopped !== undefined) this.options.onReleased(owned);
    owned.stand(fence);
    consumer.resume([{ topic, partitions: [partition] }]);
  }

  /**
   * The ends were asked for before the position was read: a process that slept in between compares what others have
   * read since with a topic as it was. And a broker that has just come back may not know its last records yet.
   */
  private async doubt(consumer: Consumer, owned: OwnedPartition, fence: Fence): Promise<void> {
    const { positions, ends, onAssigned, onError } = this.options;
    for (let asked = 0; this.isMine(owned); asked += 1) {
      await sleep(CONFIRM_MS);
      try {
        const outside = outsideOf(fence, await ends());
        if (!this.isMine(owned)) return;
        if (outside === undefined) {
          this.begin(consumer, owned, fence);
          onAssigned(this.ready());
          return;
        }
        if (asked + 1 < CONFIRMATIONS) continue;
        await positions.stop(fence, outside);
        if (this.isMine(owned)) this.halt(consumer, owned, outside);
        return;
      } catch (error) {
        onError(error);
      }
    }
  }

  private halt(consumer: Consumer, owned: OwnedPartition, why: string): void {
    if (owned.stopped === undefined) this.options.onStopped(owned, why);
    owned.stop(why);
    this.track(this.awaitPosition(consumer, owned));
  }

  /** Until what is stored says that it may be read again, or it is not ours any more. */
  private async awaitPosition(consumer: Consumer, owned: OwnedPartition): Promise<void> {
    for (;;) {
      await sleep(RECHECK_MS);
      if (!this.isMine(owned)) return;
      try {
        const stored = (await this.options.positions.read(this.options.source)).find(
          ({ topic, partition }) => topic === owned.topic && partition === owned.partition,
        );
        if (stored?.stopped !== null) continue;
        await this.stand(consumer, [owned]);
        return;
      } catch (error) {
        this.options.onError(error);
      }
    }
  }
}

function keyOf({ topic, partition }: Assignment): string {
  return `${topic}/${String(partition)}`;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
