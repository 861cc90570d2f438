import type { Money } from '@amends/domain';
import type { CompensationKind } from '../model/compensation';

/** What a person gives by hand. */
export interface ManualCompensationInput {
  readonly customerId: string;
  readonly as: CompensationKind;
  readonly money: Money;
  readonly reason: string;
  readonly orderId?: string | undefined;
  /** The payment that a refund goes back to. */
  readonly payment?: string | undefined;
  /** What the customer is told; nothing unless given. */
  readonly template?: string | undefined;
  /** The incident it makes good, where a person had to name the sum. */
  readonly incidentId?: string | undefined;
  /** The accrual unit of the incident; 0 unless given: the incident as a whole. */
  readonly unit?: number | undefined;
  /** Why it is another sum than the rule says. */
  readonly differsBecause?: string | undefined;
}
