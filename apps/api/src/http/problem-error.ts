import { Refusal, type RefusalDetails } from '@amends/application';
import type { ProblemCode } from '@amends/contracts';

/** A refusal of the HTTP edge itself; its code is checked against the catalogue. */
export function problem(code: ProblemCode, details: RefusalDetails = {}): Refusal {
  return new Refusal(code, details);
}
