import { minorDigits, type Money } from '@amends/domain';

/** Decimals by which Stripe counts, where they are not those of ISO 4217 (docs.stripe.com/currencies). */
const OWN_DIGITS: Readonly<Record<string, number>> = { ISK: 2, UGX: 2, MGA: 0 };
/** In currencies of three decimals the last one must be zero. */
const THREE_DECIMALS = 3;
/** Eight digits, says Stripe; some currencies have twelve. */
const AMOUNT_MAX = 999_999_999_999n;

/** A sum as Stripe wants it; undefined where it cannot be paid there to the last unit. */
export function toStripeAmount({ minor, currency }: Money): number | undefined {
  const digits = minorDigits(currency);
  if (digits === undefined || minor > AMOUNT_MAX) return undefined;
  if (digits === THREE_DECIMALS && minor % 10n !== 0n) return undefined;
  const more = (OWN_DIGITS[currency] ?? digits) - digits;
  if (more >= 0) return Number(minor * 10n ** BigInt(more));
  const divisor = 10n ** BigInt(-more);
  return minor % divisor === 0n ? Number(minor / divisor) : undefined;
}

/** What Stripe says, as money; undefined for a currency that is none, or a part of a unit. */
export function fromStripeAmount(amount: number, lowerCase: string): Money | undefined {
  const currency = lowerCase.toUpperCase();
  const digits = minorDigits(currency);
  if (digits === undefined || !Number.isSafeInteger(amount)) return undefined;
  const less = (OWN_DIGITS[currency] ?? digits) - digits;
  if (less <= 0) return { minor: BigInt(amount) * 10n ** BigInt(-less), currency };
  const divisor = 10n ** BigInt(less);
  if (BigInt(amount) % divisor !== 0n) return undefined;
  return { minor: BigInt(amount) / divisor, currency };
}
