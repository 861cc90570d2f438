import type { OracleEvent, RawRule } from '../model';

/** A rule, what arrives, and how far the clock goes. */
export interface RuleCase {
  rule: RawRule;
  arrivals: OracleEvent[];
  untilMs: number;
  calendars: Record<string, RawRule>;
  /** By how much event times may be out of order in `arrivals`, at most. */
  disorderMs: number;
}
