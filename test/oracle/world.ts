import type { Entry } from './entry';
import type { OracleEvent, OracleOptions, RawRule } from './model';

/** All that is known at a moment: what has been read, how far the clock is, what was decided. */
export interface World {
  rule: RawRule;
  options: OracleOptions;
  read: OracleEvent[];
  clockMs: number;
  ledger: Entry[];
}
