import type { Invariant } from './invariant';
import { MONEY_INVARIANTS } from './money-invariants';
import { STREAM_INVARIANTS } from './stream-invariants';

/** What a database can be asked by itself, without journals kept outside of it. */
export const ALL_INVARIANTS: readonly Invariant[] = [...STREAM_INVARIANTS, ...MONEY_INVARIANTS];
