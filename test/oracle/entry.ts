import type { Money } from './money';
import type { OraclePayment } from './model';
import type { Scope } from './scope';

/** A decision as the limits see it. */
export interface Entry {
  payment: OraclePayment;
  /** What is paid or reserved; absent for an apology and where the amount is not known. */
  money?: Money;
  scope: Scope;
  customer: string;
  /** Whether a limit counts it: paid, reserved, or an `as: nothing` apology. */
  counts: boolean;
}
