import type { Guardrails } from '../../rules/rollout-rows';

/** What a rule (or the account) did within an hour. */
export interface HourOfPayouts {
  /** Incidents found. */
  readonly hits: number;
  /** Payouts that were not withdrawn. */
  readonly payouts: number;
  /** Of these that failed at their provider. */
  readonly failed: number;
  /** Minor units by currency. */
  readonly spent: ReadonlyMap<string, bigint>;
}

/** What several of them did together in one hour. */
export function addHours(hours: readonly HourOfPayouts[]): HourOfPayouts {
  const spent = new Map<string, bigint>();
  for (const [currency, minor] of hours.flatMap((hour) => [...hour.spent])) {
    spent.set(currency, (spent.get(currency) ?? 0n) + minor);
  }
  const sum = (of: (hour: HourOfPayouts) => number) =>
    hours.reduce((all, hour) => all + of(hour), 0);
  return {
    hits: sum(({ hits }) => hits),
    payouts: sum(({ payouts }) => payouts),
    failed: sum(({ failed }) => failed),
    spent,
  };
}

export interface Tripped {
  readonly guard: keyof Guardrails;
  /** One sentence with the figures, for people. */
  readonly reason: string;
}

/** Fewer are no storm, whatever the ratio: three instead of one say nothing. */
export const STORM_MIN = 20;

/**
 * Whether the last hour is so far above what the same hour used to be that the rule has to be
 * stopped. Without anything to compare with only failures are judged: the caps have to do.
 * @param usual the same hour of earlier weeks (or days), each
 */
export function judgeGuardrails(
  guardrails: Guardrails,
  now: HourOfPayouts,
  usual: readonly HourOfPayouts[],
): Tripped | undefined {
  return (
    judgeFailures(guardrails, now) ??
    judgeHits(guardrails, now, usual) ??
    judgeSpending(guardrails, now, usual)
  );
}

function judgeFailures({ max_payout_failure: most }: Guardrails, now: HourOfPayouts) {
  if (most === undefined || now.payouts < STORM_MIN) return undefined;
  const share = now.failed / now.payouts;
  if (share <= most) return undefined;
  return tripped(
    'max_payout_failure',
    `${String(now.failed)} of ${String(now.payouts)} payouts of the last hour failed`,
  );
}

function judgeHits(
  { max_hit_ratio: most }: Guardrails,
  { hits }: HourOfPayouts,
  usual: readonly HourOfPayouts[],
) {
  if (most === undefined || usual.length === 0 || hits < STORM_MIN) return undefined;
  const mean = usual.reduce((sum, hour) => sum + hour.hits, 0) / usual.length;
  if (hits <= most * Math.max(mean, 1)) return undefined;
  return tripped(
    'max_hit_ratio',
    `${String(hits)} incidents in the last hour, where ${mean.toFixed(1)} are usual`,
  );
}

function judgeSpending(
  { max_spend_ratio: most }: Guardrails,
  now: HourOfPayouts,
  usual: readonly HourOfPayouts[],
) {
  if (most === undefined || usual.length === 0 || now.payouts < STORM_MIN) return undefined;
  // Ratios are written with few decimals; sums are exact.
  const parts = BigInt(Math.round(most * 1_000));
  const weeks = BigInt(usual.length);
  for (const [currency, minor] of now.spent) {
    const before = usual.reduce((sum, hour) => sum + (hour.spent.get(currency) ?? 0n), 0n);
    if (minor * weeks * 1_000n <= before * parts) continue;
    // As many units as payouts: where nothing was ever spent, the very first are no storm.
    if (before === 0n && now.payouts <= STORM_MIN * most) continue;
    return tripped(
      'max_spend_ratio',
      `${String(minor)} minor units of ${currency} in the last hour, where ${String(before / weeks)} are usual`,
    );
  }
  return undefined;
}

function tripped(guard: Tripped['guard'], reason: string): Tripped {
  return { guard, reason };
}
