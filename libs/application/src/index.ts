export { derivedId, incidentNaturalKey, type IdPrefix } from './ids/ids';
export { Wake, type WakeTopic } from './wake/wake';
export {
  EventSink,
  type AppendOptions,
  type AppendVerdict,
  type IncomingEvent,
} from './events/event-sink';
export {
  EventSource,
  LOG_SOURCE,
  type Assignment,
  type BatchHandler,
  type BatchOutcome,
  type EventBatch,
  type Fence,
  type PartitionEnd,
  type RecordHeader,
  type StreamRecord,
} from './events/event-source';
export { PositionStore, type ClaimedPosition, type StoredPosition } from './events/position-store';
export { DECISION_SHARDS, decisionShard, stableHash } from './events/stable-hash';
export { FollowTopics } from './events/follow-topics';
export { readTopicRoutes, type TopicRoutes } from './events/topic-routes';
export { partitionKey, STREAM_CLOCK_TOPIC, Topics, type TopicsOptions } from './events/topics';
export { noProbe, type Step, type StepProbe } from './events/steps';
export { SYSTEM, type Actor, type Asked } from './access/actor';
export { API_KEY_COLUMNS, ApiKeys, type ApiKey, type NewApiKey } from './access/api-keys';
export { writeAudit, type AuditEntry } from './access/audit';
export { AnchorAudit } from './audit/anchor-audit';
export { AuditAnchor, type AnchoredHead } from './audit/audit-anchor';
export { linkText } from './audit/audit-link';
export { auditObject, revealPersonal } from './audit/personal-part';
export { readLinks, type AuditLink } from './audit/read-links';
export { SealAudit, type AuditHead } from './audit/seal-audit';
export { VerifyAudit, type AuditFault, type AuditVerdict } from './audit/verify-audit';
export { Authenticate } from './access/authenticate';
export { ConsoleSessions, csrfTokenOf, type ConsoleSession } from './access/console-sessions';
export type { Credential } from './access/credential';
export { isSameHash } from './access/key-secret';
export { PersonTokens, type PersonVerdict } from './access/person-tokens';
export { Idempotency, type KeptAnswer } from './access/idempotency';
export { entityTag, type Precondition } from './access/precondition';
export {
  invalidField,
  notFound,
  Refusal,
  type RefusalDetails,
  type RefusalItem,
  type RefusalText,
} from './access/refusal';
export { ROLES, type Role } from './access/role';
export { Database, oneRow, type Sql, type SqlResult } from './queries/sql';
export { Repeating, type RepeatingOptions } from './wake/repeating';
export {
  Conditions,
  readPage,
  type ListSource,
  type Page,
  type PageMark,
  type PageRequest,
} from './queries/page';
export { ChangeSettings, settingsStem } from './settings/change-settings';
export { readSettings, type StoredSettings } from './settings/read-settings';
export {
  DEFAULT_SETTINGS,
  type FrequencyCap,
  type QuietHours,
  type Settings,
} from './settings/settings-document';
export { ApplyCustomerUpdated } from './customers/apply-customer-updated';
export { ChangeCustomer } from './customers/change-customer';
export {
  customerStem,
  EMPTY_FILE,
  readCustomer,
  type CustomerFile,
  type CustomerRow,
} from './customers/customer-file';
export { readCustomerHistory, type CustomerHistory } from './customers/read-customer-history';
export { versionStem } from './admin/document-hash';
export {
  VersionedDocuments,
  type DocumentKind,
  type PutResult,
  type VersionedDocument,
} from './admin/versioned-documents';
export { EraseCustomer, type Erased, type ErasureAsked } from './erasure/erase-customer';
export { ErasedCustomers, requireNotErased } from './erasure/erased-customers';
export { ERASED_TYPE, erasedEvent } from './erasure/erased-event';
export { ExportCustomer, type CustomerExport } from './erasure/export-customer';
export { readEventHistory } from './queries/event-history';
export {
  History,
  type HistoryEvent,
  type HistoryFilter,
  type HistoryPlace,
  type HistoryQuery,
} from './history/history';
export { INCIDENT_LIST, type IncidentListRow } from './queries/incident-rows';
export { COMPENSATION_LIST, type CompensationListRow } from './queries/compensation-rows';
export {
  DetectStore,
  DetectTx,
  RowTaken,
  type DueClaim,
  type DecisionRow,
  type DetectTransactionOptions,
  type DueTimer,
  type FanOutRow,
  type Fenced,
  type FenceMove,
  type FiringClaim,
  type FoundSlot,
  type HistoryAppend,
  type IncidentClosing,
  type IncidentRefutation,
  type IncidentRow,
  type QuarantineRow,
  type SeqRun,
  type SlotDelete,
  type SlotInsert,
  type SlotUpdate,
  type StoredSlot,
  type TimerWrite,
} from './detector/detect-store';
export { inStep } from './queries/in-step';
export { BatchRunner, type BatchRunnerOptions } from './detector/batch-runner';
export { type BatchReport, type DetectorObserver } from './detector/detector-observer';
export { type LoadedRules } from './detector/loaded-rules';
export { type DecodedRecord, type DecodeRecord } from './detector/read-records';
export {
  RuleCatalogue,
  type CalendarVersion,
  type CatalogueSnapshot,
  type OpenFanOut,
  type RuleVersion,
  type RunningRule,
} from './detector/rule-catalogue';
export { RuleSetLoader, type RuleSetLoaderOptions } from './detector/rule-set-loader';
export {
  UndecidableCounter,
  UndecidableStore,
  type UndecidableCount,
} from './detector/undecidable-counter';
export { type HistoryPath } from './events/history-key';
export { CancelJob } from './jobs/cancel-job';
export * from './remedy';
export { type ExpectedPerDay } from './expectation/expected-per-day';
export { RolloutExpectation } from './expectation/rollout-expectation';
export { blastRadius, type BlastRadius } from './rules/blast-radius';
export { checkReferences, type CheckedReferences } from './rules/check-references';
export {
  lanesOf,
  readRollout,
  rolloutStem,
  type Guardrails,
  type Rollout,
} from './rules/rollout-rows';
export {
  readRule,
  readRuleVersion,
  RULE_FROM,
  RULE_SELECT,
  type RuleRow,
  type RuleVersionRow,
} from './rules/rule-rows';
export { SaveRule, type RuleSaved, type SaveRuleInput } from './rules/save-rule';
export { SetRollout, type RolloutInput } from './rules/set-rollout';
export { describeFailure, testRule, TESTS_TOO_LONG } from './rules/test-rule';
export { BatchMerger, type BatchMergerOptions } from './detector/batch-merger';
export {
  ClockKeeper,
  ClockStore,
  type ClockHeld,
  type ClockKeeperOptions,
  type ClockSample,
} from './detector/clock-keeper';
export {
  FireTimers,
  TimerStore,
  type FireTimersOptions,
  type GroupNext,
} from './detector/fire-timers';
export { type PartitionClock } from './detector/read-through';
export { seqsOf } from './detector/seqs-of';
export { budgetStem, ChangeBudget, type BudgetInput } from './admin/change-budget';
export {
  forecastBudget,
  readBudget,
  type BudgetForecast,
  type BudgetState,
} from './queries/budget-rows';
export { clockNowMs } from './remedy/skip/clock-now';
export { previewFacts } from './templates/preview-facts';
export { SeedAccount, type Seed, type SeedDocument, type SeedReport } from './seed/seed-account';
export { advanceRecord } from './detector/advance-record';
export { QuarantineReplay } from './detector/quarantine-replay';
export { AdvanceClock } from './ports/advance-clock';
export { EventReplayer, type ReplayedEvent } from './ports/event-replayer';
export { decodeStored } from './events/decode-stored';
export { SHARED_DETECT_LOCK } from './detector/detect-lock';
export { FanOutWorker, type FanOutWorkerOptions } from './detector/fan-out-worker';
export { setPosition, type PositionToSet } from './admin/set-position';
