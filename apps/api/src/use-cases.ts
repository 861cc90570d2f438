import {
  AdvanceClock,
  ApiKeys,
  ApplyCustomerUpdated,
  Approve,
  Authenticate,
  ChangeBudget,
  ChangeCustomer,
  CancelJob,
  ChangeSettings,
  ConsoleSessions,
  CreateHold,
  CreateManualCompensation,
  DismissIncident,
  EraseCustomer,
  ExportCustomer,
  Idempotency,
  QuarantineReplay,
  Reject,
  ReleaseHold,
  ResendMessage,
  RetryCompensation,
  ReverseCompensation,
  RolloutExpectation,
  SaveRule,
  SealAudit,
  SetRollout,
  VerifyAudit,
  TakePayoutHook,
} from '@amends/application';
import type { Provider } from '@nestjs/common';
import type { ApiParts } from './parts';
import { ErasedAtDoor } from './routes/events/erased-at-door';
import { Ingest } from './routes/events/ingest';

/** Everything the controllers can do. */
export function useCases(parts: ApiParts): Provider[] {
  const { database, wake, sink, metrics } = parts;
  const urgent = parts.urgent.database;
  const customers = new ApplyCustomerUpdated(database);
  return [
    value(Authenticate, new Authenticate(urgent, parts.people)),
    value(ConsoleSessions, new ConsoleSessions(urgent)),
    value(ApiKeys, new ApiKeys(database)),
    value(Idempotency, new Idempotency(urgent)),
    value(ChangeCustomer, new ChangeCustomer(database)),
    value(CancelJob, new CancelJob(database)),
    value(ChangeSettings, new ChangeSettings(database)),
    value(ChangeBudget, new ChangeBudget(database)),
    value(SaveRule, new SaveRule(database)),
    value(SetRollout, new SetRollout(database, parts.remedy.history, wake)),
    value(RolloutExpectation, rolloutExpectation(parts)),
    value(Ingest, new Ingest(sink, customers, metrics, new ErasedAtDoor(urgent))),
    value(EraseCustomer, new EraseCustomer(parts.remedy.database, parts.remedy.history)),
    value(ExportCustomer, new ExportCustomer(database, parts.remedy.history)),
    value(SealAudit, new SealAudit(database)),
    value(VerifyAudit, new VerifyAudit(database, parts.anchors)),
    value(QuarantineReplay, parts.quarantineReplay),
    value(AdvanceClock, parts.advanceClock),
    ...remedy(parts),
  ];
}

function rolloutExpectation({ database, remedy }: ApiParts): RolloutExpectation {
  return new RolloutExpectation(database, remedy.history, (ruleId, error) => {
    remedy.observer.warn('a rule could not be played for what it would bring', { ruleId, error });
  });
}

/** What moves money, or stops it. */
function remedy({ remedy: parts, urgent }: ApiParts): Provider[] {
  return [
    value(CreateManualCompensation, new CreateManualCompensation(parts)),
    value(RetryCompensation, new RetryCompensation(parts)),
    value(ReverseCompensation, new ReverseCompensation(parts)),
    value(ResendMessage, new ResendMessage(parts)),
    value(Approve, new Approve(parts)),
    value(Reject, new Reject(parts)),
    value(CreateHold, new CreateHold(urgent.remedy)),
    value(ReleaseHold, new ReleaseHold(urgent.remedy)),
    value(DismissIncident, new DismissIncident(parts)),
    value(TakePayoutHook, new TakePayoutHook(parts)),
  ];
}

type Class<T> = abstract new (...args: never[]) => T;

function value<T>(provide: Class<T>, useValue: T): Provider {
  return { provide, useValue };
}
