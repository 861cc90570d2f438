import { stableHash } from '@amends/application';

/** Tells subjects from customers of the same name. */
const SUBJECT = 0x5bd1e995;

/** How a segment names the customers in it: 32 bits, signed as PostgreSQL's int4 is. */
export function customerHash(customerId: string): number {
  return stableHash(customerId) | 0;
}

/** The same for subjects. */
export function subjectHash(subject: string): number {
  return stableHash(subject) ^ SUBJECT;
}
