import type { Assignment, Fence } from './event-source';

export interface StoredPosition extends Assignment {
  readonly nextOffset: bigint;
  readonly epoch: bigint;
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
  ): Promise<Fence[]>;

  abstract read(source: string): Promise<StoredPosition[]>;
}
