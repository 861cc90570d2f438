import { ACCESS_AND_EDGES } from './catalogue/access';
import { ACCOUNT_BOUNDS } from './catalogue/account-bounds';
import { APPROVALS_AND_EYES } from './catalogue/approvals';
import { BOOKS } from './catalogue/books';
import { HOLDS_AND_SIGNALS } from './catalogue/holds';
import { LIMITS_AND_BUDGETS } from './catalogue/limits';
import { OUTWARD } from './catalogue/outward';
import { PAYOUTS } from './catalogue/payouts';
import { SECOND_PERSON } from './catalogue/second-person';
import type { GuardMutant } from './guard-mutant';

/** All mutants of guards, by what they guard. */
export const CATALOGUE: Readonly<Record<string, readonly GuardMutant[]>> = {
  payouts: PAYOUTS,
  limits: LIMITS_AND_BUDGETS,
  bounds: ACCOUNT_BOUNDS,
  approvals: APPROVALS_AND_EYES,
  'second-person': SECOND_PERSON,
  holds: HOLDS_AND_SIGNALS,
  books: BOOKS,
  access: ACCESS_AND_EDGES,
  outward: OUTWARD,
};
