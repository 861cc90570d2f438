import type { Slot } from '@amends/domain';
import type { Fence } from '../events/event-source';

/** Positions that were refused: somebody else owns those partitions. */
export class Refused extends Error {
  constructor(readonly fences: readonly Fence[]) {
    super('somebody else owns the partition');
  }
}

/** The rules have changed since they were compiled. */
export class NewRules extends Error {
  constructor(readonly generation: bigint) {
    super('the rules have changed');
  }
}

/** Somebody else wrote a state in between. */
export class StaleState extends Error {
  constructor(readonly slots: readonly Slot[]) {
    super('a state was changed by somebody else');
  }
}
