import { Streams1764000000001 } from './1764000000001-streams';
import { Rules1764000000002 } from './1764000000002-rules';
import { Incidents1764000000003 } from './1764000000003-incidents';
import { Money1764000000004 } from './1764000000004-money';
import { People1764000000005 } from './1764000000005-people';
import { Access1764000000006 } from './1764000000006-access';
import { Outbox1764000000007 } from './1764000000007-outbox';
import { QuarantineTold1764000000008 } from './1764000000008-quarantine-told';
import { TopicRoutes1764000000009 } from './1764000000009-topic-routes';
import { TimerLeases1764000000010 } from './1764000000010-timer-leases';
import { NoChecksOfWhatIsSure1764000000011 } from './1764000000011-no-checks-of-what-is-sure';
import { Lists1764000000012 } from './1764000000012-lists';
import { HistorySegments1764000000013 } from './1764000000013-history-segments';
import { PayoutCapabilities1764000000020 } from './1764000000020-payout-capabilities';
import { PayoutReconcile1764000000021 } from './1764000000021-payout-reconcile';
import { VoucherPools1764000000022 } from './1764000000022-voucher-pools';
import { AuditChain1764000000030 } from './1764000000030-audit-chain';
import { Erasure1764000000031 } from './1764000000031-erasure';
import { AppendOnlyLedger1764000000040 } from './1764000000040-append-only-ledger';
import { ExitCeilings1764000000041 } from './1764000000041-exit-ceilings';
import { Jobs1764000000042 } from './1764000000042-jobs';
import { SecondPerson1764000000043 } from './1764000000043-second-person';
import { AbuseSignals1764000000044 } from './1764000000044-abuse-signals';
import { OwnEvents1764000000050 } from './1764000000050-own-events';
import { NoticesTold1764000000051 } from './1764000000051-notices-told';
import { OwnerFunctions1764000000054 } from './1764000000054-owner-functions';
import { BrandBudgets1764000000057 } from './1764000000057-brand-budgets';
import { ReversalAsked1764000000060 } from './1764000000060-reversal-asked';
import { NeverRaised1764000000061 } from './1764000000061-never-raised';
import { ErasureAsked1764000000062 } from './1764000000062-erasure-asked';
import { ExpectedCustomers1764000000063 } from './1764000000063-expected-customers';
import { CountedAttempts1764000000064 } from './1764000000064-counted-attempts';
import { BudgetPeriods1764000000065 } from './1764000000065-budget-periods';
import { ConsoleSessions1764000000067 } from './1764000000067-console-sessions';

/** Every schema step, oldest first. */
export const migrations = [
  Streams1764000000001,
  Rules1764000000002,
  Incidents1764000000003,
  Money1764000000004,
  People1764000000005,
  Access1764000000006,
  Outbox1764000000007,
  QuarantineTold1764000000008,
  TopicRoutes1764000000009,
  TimerLeases1764000000010,
  NoChecksOfWhatIsSure1764000000011,
  Lists1764000000012,
  HistorySegments1764000000013,
  PayoutCapabilities1764000000020,
  PayoutReconcile1764000000021,
  VoucherPools1764000000022,
  AuditChain1764000000030,
  Erasure1764000000031,
  AppendOnlyLedger1764000000040,
  ExitCeilings1764000000041,
  Jobs1764000000042,
  SecondPerson1764000000043,
  AbuseSignals1764000000044,
  OwnEvents1764000000050,
  NoticesTold1764000000051,
  OwnerFunctions1764000000054,
  BrandBudgets1764000000057,
  ReversalAsked1764000000060,
  NeverRaised1764000000061,
  ErasureAsked1764000000062,
  ExpectedCustomers1764000000063,
  CountedAttempts1764000000064,
  BudgetPeriods1764000000065,
  ConsoleSessions1764000000067,
];
