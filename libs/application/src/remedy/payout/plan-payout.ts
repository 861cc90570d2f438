import type { Attempt } from './attempt-rows';
import type { PayoutProvider } from './payout-provider';
import { isInWindow } from './retry-policy';

/** What to do next about a payout that is due. */
export type PayoutPlan =
  /** A first sending, or a new number after a positive failure. */
  | { readonly kind: 'send'; readonly number: number }
  | { readonly kind: 'resend' }
  | { readonly kind: 'query' }
  /** Nobody can tell any more: a person finds out. */
  | { readonly kind: 'ask-person' }
  | { readonly kind: 'wait' };

/**
 * Decides by what is known of the latest attempt: inside the window the same key is sent again;
 * after it, it would pay again, so the provider is asked, or else a person. Where a repeat is only
 * safe after success, the provider is asked first (RELIABILITY.md, section 0).
 */
export function planPayout(
  provider: PayoutProvider,
  latest: Attempt | undefined,
  isOnHold: boolean,
): PayoutPlan {
  if (latest === undefined) return { kind: 'send', number: 1 };
  switch (latest.state) {
    case 'failed':
      return { kind: 'send', number: latest.number + 1 };
    case 'succeeded':
      return { kind: 'ask-person' };
    case 'created':
    case 'sent':
    case 'unknown':
      return planUnknown(provider, latest, isOnHold);
  }
}

function planUnknown(provider: PayoutProvider, latest: Attempt, isOnHold: boolean): PayoutPlan {
  const { canQuery, replayKind } = provider;
  if (!isInWindow(provider, latest.ageMs)) {
    return canQuery ? { kind: 'query' } : { kind: 'ask-person' };
  }
  if (replayKind === 'only-success' && latest.notFoundAgeMs === null) {
    return canQuery ? { kind: 'query' } : { kind: 'ask-person' };
  }
  return isOnHold ? { kind: 'wait' } : { kind: 'resend' };
}
