export {
  inTransaction,
  sqlState,
  type RedoReason,
  type TransactionOptions,
} from './database/in-transaction';
export { migrate } from './database/migrate';
export { Pools, type PoolsOptions } from './database/pools';
export { type DatabaseRole } from './roles/database-role';
export { takeRoles, type RolesMode } from './roles/take-roles';
export { execute, statement, tuplesOf, type Statement } from './database/statement';
export { PgPositionStore } from './stream/pg-position-store';
export { StreamMembers } from './stream/stream-members';
export { advancePositions } from './stream/advance-positions';
export { epochMs } from './database/pg-time';
export { PgDatabase } from './database/pg-database';
export { PgDetectStore } from './detector/pg-detect-store';
export { PgRuleCatalogue } from './detector/pg-rule-catalogue';
export { PgUndecidableStore } from './detector/pg-undecidable-store';
export { PgClockStore, PgTimerStore } from './detector/pg-clock-store';
export { TimerLeases } from './detector/timer-leases';
export { dropOldHistory, makeHistoryPartitions } from './upkeep/history-partitions';
export {
  dropOrphanTimers,
  markDrained,
  SWEEP_FULL,
  sweepSeen,
  sweepStopped,
  trimLog,
} from './upkeep/sweeps';
export { joinSegments } from './upkeep/join-segments';
export { listSegments } from './upkeep/list-segments';
export { PgHistory } from './history/pg-history';
export { openSegment } from './history/open-segment';
export { type SegmentEvent } from './history/segment-event';
export { appendHistory } from './detector/append-history';
export { StateSweep } from './upkeep/state-sweep';
export { jsonTexts } from './database/json-list';
