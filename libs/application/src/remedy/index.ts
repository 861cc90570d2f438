export { Approve, type ApprovalDecided, type ApproveInput } from './approvals/approve';
export { Reject, type RejectInput } from './approvals/reject';
export { DecideShard } from './decision/decide-shard';
export { activateHolds } from './holds/activate-holds';
export { CreateHold, type CreateHoldInput, type HoldCreated } from './holds/create-hold';
export { describeHold, type HoldEffect } from './holds/describe-hold';
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
  type ManualCompensationInput,
} from './manual/create-manual-compensation';
export { DismissIncident, type DismissInput } from './manual/dismiss-incident';
export { RetryCompensation, type CompensationChanged } from './manual/retry-compensation';
export { ReverseCompensation, type ReverseInput } from './manual/reverse-compensation';
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
export { PayDue } from './payout/pay-due';
export {
  PayoutProvider,
  PayoutProviders,
  type PayoutAnswer,
  type PayoutAttempt,
  type PayoutInquiry,
} from './payout/payout-provider';
export { Remedy, type RemedyOptions } from './remedy';
export { RemedyObserver, type Incidence, type RemedyStep } from './remedy-observer';
export { type ClockMode } from './skip/clock-now';
