import { Refusal, type RefusalDetails } from '@amends/application';
import type { ApiProblemCode } from './problem-kinds';

/** A refusal of the HTTP edge itself; its code is checked against the catalogue. */
export function problem(code: ApiProblemCode, details: RefusalDetails = {}): Refusal {
  return new Refusal(code, details);
}
