import type { Assignment, Fence } from './event-source';

export interface StoredPosition extends Assignment {
  readonly nextOffset: bigint;
  readonly epoch: bigint;
  /** Why nobody reads on from here until a person has set the position. */
  readonly stopped?: string | null;
}

/** A fence, and whether reading may go on behind it. */
export interface ClaimedPosition extends Fence {
  readonly stopped: string | null;
}

/** Where reading stands, per source and partition. Moved only inside the transaction of a batch. */
export abstract class PositionStore {
  /**
   * Takes the partitions over: every fence held by an earlier owner fails from now on. A partition
   * without a position starts at `first` (0 unless given).
   */
  abstract claim(
    source: string,
    partitions: readonly (Assignment & { readonly first?: bigint })[],
    owner: string,
  ): Promise<ClaimedPosition[]>;

  /** Nobody reads on from here until a person has set the position; not if the fence is not ours. */
  abstract stop(fence: Fence, why: string): Promise<void>;

  abstract read(source: string): Promise<StoredPosition[]>;
}
