import type { OracleEvent } from './model';

/** A breach of a deadline: at due + grace (not before the start), or at the move that broke it. */
export interface Breach {
  atMs: number;
  limitMs: number;
  byMove: boolean;
  dueMs: number;
  moves: number;
}

/** One start of a key with what became of it. */
export interface Occurrence {
  start: OracleEvent;
  dueMs: number;
  /** Due + grace: the last instant at which an `expect` is in time. */
  limitMs: number;
  moves: number;
  breach?: Breach;
  /** The `expect` or `cancel` that ended it; `inTime` when it says that there was no breach. */
  closing?: { event: OracleEvent; inTime: boolean };
}
