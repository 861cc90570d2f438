import type { OracleEvent } from './model';

/** A breach of a deadline: at due + grace (not before the start), or at the move that broke it. */
export interface Breach {
  atMs: number;
  /** When it can be known: not before the move that put due + grace where it is. */
  knownMs: number;
  limitMs: number;
  byMove: boolean;
  dueMs: number;
  moves: number;
}

/** A breach that was acted on, with the starts of the key that had opened by then. */
export interface Fired extends Breach {
  opened: OracleEvent[];
}

/** One start of a key with what became of it. */
export interface Occurrence {
  start: OracleEvent;
  dueMs: number;
  /** Due + grace: the last instant at which an `expect` is in time. */
  limitMs: number;
  moves: number;
  movedMs?: number;
  breach?: Breach;
  /** The `expect` or `cancel` that ended it; `inTime` when it says that there was no breach. */
  closing?: { event: OracleEvent; inTime: boolean };
}
