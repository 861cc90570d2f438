import type { Money } from '@amends/domain';
import type { Expectation } from './expectation';

/** What a day of a rule is expected to bring. */
export interface ExpectedPerDay {
  readonly customers: number;
  readonly money: readonly Money[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVERYBODY_PERCENT = 100;

/**
 * The mean day of an expectation, for a part of the customers; rounded half up, sums to the minor unit. What covers less
 * than a day is not stretched to one. Undefined where nothing was covered.
 *
 * @param percent of the customers who are paid
 */
export function expectedPerDay(
  { fromMs, toMs, hours, customerDays }: Expectation,
  percent: number,
): ExpectedPerDay | undefined {
  if (customerDays === null || toMs <= fromMs) return undefined;
  const coveredMs = Math.max(DAY_MS, toMs - fromMs);
  const part = (percent * DAY_MS) / (EVERYBODY_PERCENT * coveredMs);
  const sums = new Map<string, bigint>();
  for (const [hour, { spent }] of Object.entries(hours)) {
    const atMs = Number(hour) * HOUR_MS;
    // Hours that lie partly outside: the first has seen only what came in it, the last is not over.
    if (atMs + HOUR_MS <= fromMs || atMs >= toMs) continue;
    for (const [currency, text] of Object.entries(spent)) {
      sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(text));
    }
  }
  const divisor = BigInt(EVERYBODY_PERCENT) * BigInt(coveredMs);
  const money = [...sums].sort().map(([currency, minor]) => {
    const parts = minor * BigInt(percent) * BigInt(DAY_MS);
    return { minor: (2n * parts + divisor) / (2n * divisor), currency };
  });
  return { customers: Math.round(customerDays * part), money };
}
