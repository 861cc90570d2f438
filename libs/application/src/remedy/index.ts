export { Approve, type ApprovalDecided, type ApproveInput } from './approvals/approve';
export { escalateApprovals } from './approvals/escalate';
export { Reject, type RejectInput } from './approvals/reject';
export { Budgets } from './budgets/budgets';
export { checkBooks, type BookDifference } from './books/check-books';
export { DecideShard } from './decision/decide-shard';
export { ExitCeilings } from './exit/exit-ceilings';
export { watchGuardrails } from './guardrails/watch-guardrails';
export { activateHolds } from './holds/activate-holds';
export { CreateHold, type CreateHoldInput, type HoldCreated } from './holds/create-hold';
export { describeHold, type HoldEffect } from './holds/describe-hold';
export { unknownInScope, type UnknownInScope } from './holds/unknown-in-scope';
export { DrainHolds } from './holds/drain-holds';
export { type HoldScope } from './holds/open-holds';
export {
  ReleaseHold,
  type HeldItems,
  type HoldReleased,
  type ReleaseHoldInput,
} from './holds/release-hold';
export { closePaid } from './incident/close-paid';
export {
  CreateManualCompensation,
  type ManualCompensation,
} from './manual/create-manual-compensation';
export { type ManualCompensationInput } from './manual/manual-input';
export { DismissIncident, type DismissInput } from './manual/dismiss-incident';
export { RetryCompensation, type CompensationChanged } from './manual/retry-compensation';
export {
  ReverseCompensation,
  type Reversal,
  type ReverseInput,
} from './manual/reverse-compensation';
export {
  MessageChannel,
  MessageChannels,
  type Addressee,
  type Delivery,
  type OutgoingMessage,
} from './messages/message-channel';
export {
  MessageRenderer,
  type MessageFacts,
  type RenderedMessage,
  type Rendering,
} from './messages/message-renderer';
export { ResendMessage, type ResendInput } from './messages/resend-message';
export { SendDue } from './messages/send-due';
export {
  compensationView,
  type CompensationKind,
  type CompensationState,
} from './model/compensation';
export { type IncidentState } from './model/incident';
export { watchPromises, type LatePromises, type PromiseKind } from './promises/late-promises';
export {
  AddVoucherCodes,
  type VoucherCodesAdded,
  type VoucherCodesInput,
} from './money/add-voucher-codes';
export { TotalMoved } from './money/total-moved';
export { PayDue } from './payout/pay-due';
export { type PayoutLane } from './payout/payout-lane';
export {
  KEY_LENGTH_MIN,
  PayoutProvider,
  PayoutProviders,
  type CapturedPayment,
  type HookVerdict,
  type ListedPayout,
  type PayoutAnswer,
  type PayoutAttempt,
  type PayoutCapabilities,
  type PayoutInquiry,
  type PayoutReference,
  type RawHook,
  type ReplayKind,
} from './payout/payout-provider';
export { TakePayoutHook, type HookTaken } from './payout/take-payout-hook';
export { type Difference, type DifferenceKind } from './reconcile/compare-payouts';
export { Reconcile, type Reconciled } from './reconcile/reconcile';
export { ReconcileNightly } from './reconcile/reconcile-nightly';
export { Remedy, type RemedyOptions } from './remedy';
export { RemedyObserver, type Incidence, type RemedyStep } from './remedy-observer';
export { type ClockMode } from './skip/clock-now';
