import { formatMoney, type Money } from '@amends/domain';
import type { AttemptState } from '../payout/attempt-rows';
import type { ListedPayout } from '../payout/payout-provider';

/** What is wrong between our books and a provider's. */
export type DifferenceKind =
  /** Paid in our books; the provider's list does not have it. */
  | 'missing_there'
  /** The provider has paid it; our books say that it failed, or do not know it. */
  | 'missing_here'
  | 'other_amount'
  | 'other_currency'
  /** Paid more than once under one key. */
  | 'doubled'
  /** Paid in our books, and failed at the provider. */
  | 'failed_there';

export interface Difference {
  readonly kind: DifferenceKind;
  readonly key: string;
  readonly compensationId: string | null;
  readonly providerRef: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** An attempt of ours, as far as it is compared. */
export interface BookedPayout {
  readonly key: string;
  readonly compensationId: string;
  readonly money: Money;
  readonly state: AttemptState;
  /** Sent so long ago that a list must have it. */
  readonly isRipe: boolean;
}

/**
 * How one attempt stands against what its provider lists under its key. What is open in our books is no
 * difference: the list answers it.
 */
export function comparePayout(
  booked: BookedPayout | undefined,
  key: string,
  listed: readonly ListedPayout[],
): Difference[] {
  const standing = listed.filter(({ status }) => status !== 'failed');
  const [first] = standing;
  const common = {
    key,
    compensationId: booked?.compensationId ?? null,
    providerRef: (first ?? listed[0])?.providerRef ?? null,
    ours: booked ? `${booked.state} ${formatMoney(booked.money)}` : null,
    theirs: listed.length === 0 ? null : listed.map(describe).join(', '),
  };
  const kinds: DifferenceKind[] = [];
  if (standing.length > 1) kinds.push('doubled');
  if (first === undefined) {
    if (booked?.state !== 'succeeded') return [];
    if (listed.length > 0) kinds.push('failed_there');
    else if (booked.isRipe) kinds.push('missing_there');
    return kinds.map((kind) => ({ kind, ...common }));
  }
  if (booked === undefined || booked.state === 'failed') kinds.push('missing_here');
  if (booked !== undefined) {
    if (standing.some(({ money }) => money.currency !== booked.money.currency)) {
      kinds.push('other_currency');
    } else if (standing.some(({ money }) => money.minor !== booked.money.minor)) {
      kinds.push('other_amount');
    }
  }
  return kinds.map((kind) => ({ kind, ...common }));
}

function describe({ status, money }: ListedPayout): string {
  return `${status} ${formatMoney(money)}`;
}
