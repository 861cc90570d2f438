import type { Money } from '@amends/domain';
import { DECISION_SHARDS } from '../../events/stable-hash';

/** A sum of a brand, or of none. */
export interface BrandedSum {
  readonly brand: string | null;
  readonly money: Money;
}

/** A sum that may be given, before limits make it less. */
export interface Wanted extends BrandedSum {
  /** The clock of the budgets' periods, epoch ms. */
  readonly atMs: number;
}

/** So many transactions may count in a total at the same time. */
const AT_ONCE = BigInt(DECISION_SHARDS);

/**
 * Whether a total has room for all shards at once to take what is wanted here: then whoever counts in
 * it at the end of a transaction hardly ever finds that others have taken the room.
 */
export function isAmple(leftMinor: bigint, wanted: readonly BrandedSum[]): boolean {
  const sum = wanted.reduce((all, { money }) => all + money.minor, 0n);
  return leftMinor >= AT_ONCE * sum;
}
