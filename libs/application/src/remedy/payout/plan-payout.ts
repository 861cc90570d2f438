import type { Attempt } from './attempt-rows';
import type { PayoutCapabilities } from './payout-provider';
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

/** A request may still be worked on so long after its caller has given up. */
export const IN_FLIGHT_MS = 5 * 60_000;
/** What two sendings have not told, a third will not: a 500 may have been kept for good. */
const SENDS_BEFORE_QUERY = 2;

/**
 * Decides by what is known of the latest attempt: inside the window the same key is sent again;
 * after it, it would pay again, so the provider is asked, or else a person. Where a repeat is only
 * safe after success, the provider is asked first (RELIABILITY.md, sections 0 and 1a).
 */
export function planPayout(
  capabilities: PayoutCapabilities,
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
      return planUnknown(capabilities, latest, isOnHold);
  }
}

function planUnknown(
  capabilities: PayoutCapabilities,
  latest: Attempt,
  isOnHold: boolean,
): PayoutPlan {
  const { canQuery } = capabilities;
  const ask: PayoutPlan = canQuery ? { kind: 'query' } : { kind: 'ask-person' };
  if (!isRepeatSafe(capabilities, latest)) return ask;
  const isWorthAsking =
    latest.isHinted || (latest.sends >= SENDS_BEFORE_QUERY && latest.asks === 0);
  if (canQuery && isWorthAsking) return ask;
  return isOnHold ? { kind: 'wait' } : { kind: 'resend' };
}

/** Whether the same key, sent again now, surely pays no second time. */
function isRepeatSafe(capabilities: PayoutCapabilities, latest: Attempt): boolean {
  if (!isInWindow(capabilities, latest.ageMs)) return false;
  switch (capabilities.replayKind) {
    case 'first-body':
    case 'latest-status':
      return true;
    case 'no-change':
      // Its "success" to a repeat says nothing by itself: what it means is asked for.
      return capabilities.canQuery;
    case 'only-success':
      return isSurelyNotFound(latest);
    case 'none':
      return false;
  }
}

/** The provider did not know the key when everything that was sent under it had long been done. */
function isSurelyNotFound({ notFoundAgeMs, sinceSentMs }: Attempt): boolean {
  return notFoundAgeMs !== null && sinceSentMs - notFoundAgeMs >= IN_FLIGHT_MS;
}
