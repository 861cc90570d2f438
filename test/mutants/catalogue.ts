import { ACCESS_AND_EDGES } from './catalogue/access';
import { APPROVALS_AND_EYES } from './catalogue/approvals';
import { BOOKS } from './catalogue/books';
import { HOLDS_AND_SIGNALS } from './catalogue/holds';
import { LIMITS_AND_BUDGETS } from './catalogue/limits';
import { OUTWARD } from './catalogue/outward';
import { PAYOUTS } from './catalogue/payouts';
import type { GuardMutant } from './guard-mutant';

/** All mutants of guards, by what they guard. */
export const CATALOGUE: Readonly<Record<string, readonly GuardMutant[]>> = {
  payouts: PAYOUTS,
  limits: LIMITS_AND_BUDGETS,
  approvals: APPROVALS_AND_EYES,
  holds: HOLDS_AND_SIGNALS,
  books: BOOKS,
  access: ACCESS_AND_EDGES,
  outward: OUTWARD,
};
