import { parseMoneyLiteral, type SimulatedIncident } from '@amends/domain';
import type { HourOfPayouts } from '../remedy/guardrails/judge-guardrails';

/** What a rule would have done, hour by hour of the epoch; empty hours are left out. */
export type ExpectedHours = Readonly<Record<string, ExpectedHour>>;

export interface ExpectedHour {
  hits: number;
  payouts: number;
  /** Minor units by currency, as decimal texts. */
  spent: Record<string, string>;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const EVERYBODY_PERCENT = 100n;

/** By the hour of the incident. What a limit or skip_if keeps back is a hit without a payout. */
export function hoursOf(incidents: readonly SimulatedIncident[]): ExpectedHours {
  const hours: Record<string, ExpectedHour> = {};
  for (const { atMs, payments, refuted } of incidents) {
    if (refuted) continue;
    const hour = (hours[hourOf(atMs)] ??= { hits: 0, payouts: 0, spent: {} });
    hour.hits += 1;
    for (const { outcome, amount } of payments) {
      const literal = amount === undefined ? undefined : parseMoneyLiteral(amount);
      if ((outcome !== 'paid' && outcome !== 'review') || literal?.ok !== true) continue;
      const { currency, minor } = literal.money;
      hour.payouts += 1;
      hour.spent[currency] = String(BigInt(hour.spent[currency] ?? 0) + minor);
    }
  }
  return hours;
}

/**
 * What was to be expected of the hour that ends at an instant. It lies across two hours of the clock: the busier one
 * speaks, so that nobody is stopped for that.
 *
 * @param percent of the customers who are paid; incidents are found of all
 */
export function expectedHour(hours: ExpectedHours, endMs: number, percent: number): HourOfPayouts {
  const both = [hours[hourOf(endMs - HOUR_MS)], hours[hourOf(endMs)]].filter(
    (hour) => hour !== undefined,
  );
  const spent = new Map<string, bigint>();
  for (const [currency, text] of both.flatMap((hour) => Object.entries(hour.spent))) {
    const minor = (BigInt(text) * BigInt(percent)) / EVERYBODY_PERCENT;
    if (minor > (spent.get(currency) ?? 0n)) spent.set(currency, minor);
  }
  const most = (of: (hour: ExpectedHour) => number) => Math.max(0, ...both.map(of));
  return {
    hits: most(({ hits }) => hits),
    payouts: Math.floor((most(({ payouts }) => payouts) * percent) / 100),
    failed: 0,
    spent,
  };
}

/**
 * Customers to whom something would have been owed between two instants (half-open, epoch ms), be it a word: each counted
 * once for each day (UTC).
 */
export function customerDays(
  incidents: readonly SimulatedIncident[],
  fromMs: number,
  toMs: number,
): number {
  const seen = new Set<string>();
  for (const { atMs, customer, payments, refuted } of incidents) {
    const isOwed = !refuted && payments.some(({ outcome }) => outcome !== 'skipped');
    if (!isOwed || atMs < fromMs || atMs >= toMs) continue;
    seen.add(JSON.stringify([Math.floor(atMs / DAY_MS), customer]));
  }
  return seen.size;
}

function hourOf(atMs: number): string {
  return String(Math.floor(atMs / HOUR_MS));
}
