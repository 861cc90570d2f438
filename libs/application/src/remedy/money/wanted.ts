import type { Money } from '@amends/domain';
import { DECISION_SHARDS } from '../../events/stable-hash';

/** A sum that may be given, before limits make it less. */
export interface Wanted {
  readonly money: Money;
  /** The clock of the budgets' periods, epoch ms. */
  readonly atMs: number;
}

/** So many transactions may count in a total at the same time. */
const AT_ONCE = BigInt(DECISION_SHARDS);

/**
 * Whether a total has room for all shards at once to take what is wanted here: then whoever counts in
 * it at the end of a transaction hardly ever finds that others have taken the room.
 */
export function isAmple(leftMinor: bigint, wantedMinor: bigint): boolean {
  return leftMinor >= AT_ONCE * wantedMinor;
}

/** What is wanted, per currency. */
export function sumsOf(wanted: readonly Wanted[]): Map<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { money } of wanted) {
    sums.set(money.currency, (sums.get(money.currency) ?? 0n) + money.minor);
  }
  return sums;
}
