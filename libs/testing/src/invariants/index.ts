export { findViolations, type CheckOptions, type Violation } from './check-invariants';
export { createInvariantViews, viewOf } from './create-views';
export { fillHistory } from './fill-history';
export type { Invariant } from './invariant';
export { JOURNAL_INVARIANTS, JOURNAL_TABLES } from './journal-invariants';
export { MONEY_INVARIANTS } from './money-invariants';
export { STREAM_INVARIANTS } from './stream-invariants';
