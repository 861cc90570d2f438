export { javaProduce } from './broker/java-producer';
export { SASL_USER, startSecuredBroker, type SecuredBroker } from './broker/secured-broker';
export { startOwnBroker, testBroker, type TestBroker } from './broker/test-broker';
export {
  createTestDatabase,
  type TestDatabase,
  type TestDatabaseOptions,
} from './database/test-database';
export { useTestDatabase } from './database/use-test-database';
export { putHistory, type HistoryInput } from './history/put-history';
export { searchDatabase, type Finding } from './database/search-database';
export { readHistory, type KeptEvent } from './history/read-history';
export { spawnTypescript, type SpawnedScript } from './run/spawn-typescript';
export { testRunFolder } from './run/test-run-folder';
export { waitFor, type WaitOptions } from './wait-for';
export { freePorts } from './net/free-ports';
export {
  SpawnedService,
  spawnService,
  type Ending,
  type SpawnServiceOptions,
} from './service/spawn-service';
export {
  startSmtpServer,
  type ReceivedMail,
  type SmtpBehaviour,
  type TestSmtpServer,
} from './smtp/smtp-server';
export {
  WebhookReceiver,
  type Answer,
  type ReceivedRequest,
  type WebhookBehaviour,
  type WebhookReceiverOptions,
} from './webhook/webhook-receiver';
export { KeptProcess, type KeptEnding } from './stack/kept-process';
export {
  createInvariantViews,
  fillHistory,
  findViolations,
  JOURNAL_INVARIANTS,
  JOURNAL_TABLES,
  MONEY_INVARIANTS,
  STREAM_INVARIANTS,
  viewOf,
  type CheckOptions,
  type Invariant,
  type Violation,
} from './invariants';
export { type Dialect } from './provider/dialect';
export { TRAITS, type Personality, type Traits } from './provider/personality';
export {
  type Payment,
  type ProviderMovement,
  type Refund,
  type RefundStatus,
} from './provider/provider-book';
export {
  SimulatedProvider,
  type Fault,
  type SimulatedProviderOptions,
} from './provider/simulated-provider';
export { StripeDialect } from './provider/stripe-dialect';
export { WebhookDialect } from './provider/webhook-dialect';
export { startStripeMock, type StripeMock } from './stripe/stripe-mock';
