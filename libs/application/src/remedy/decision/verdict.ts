import type { WhyLine } from '@amends/domain';
import type { NewEntry } from '../limits/limit-counters';
import type { CounterSubject } from '../limits/guard-name';
import type { MessageRequest } from '../messages/queue-messages';
import type { Compensation } from '../model/compensation';
import type { IncidentState } from '../model/incident';
import type { Case } from './load-cases';

/** What came of one decision, ready to be written. */
export interface Verdict {
  readonly case: Case;
  /** A word for metrics and the audit: pay, apology_only, skipped, review, … */
  readonly outcome: string;
  /** The incident's new state; absent where its compensations say it. */
  readonly state?: IncidentState;
  readonly why: readonly WhyLine[];
  readonly compensation?: Compensation;
  /** Why a person decides. */
  readonly approvalReason?: string;
  /** Why a person decides where there is no compensation yet: about an apology, or a sum to be named. */
  readonly bareReview?: string;
  readonly counted?: { readonly subjects: readonly CounterSubject[]; readonly entry: NewEntry };
  readonly apology?: MessageRequest;
  /** The path without which nothing could be decided. */
  readonly undecidable?: string;
}
