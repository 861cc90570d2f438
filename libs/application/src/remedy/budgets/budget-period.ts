export type BudgetPeriod = 'day' | 'month' | 'ever';

/** The name of the period an instant lies in, by UTC: `2026-03-01`, `2026-03`, `ever`. */
export function periodKey(period: BudgetPeriod, atMs: number): string {
  if (period === 'ever') return 'ever';
  return new Date(atMs).toISOString().slice(0, period === 'day' ? 10 : 7);
}

/**
 * Whether a budget that stands at `current` begins anew at an instant. Time only moves on: what is
 * decided late counts in the period that runs. A budget that was never used ('') just begins.
 */
export function beginsAnew(period: BudgetPeriod, current: string, atMs: number): boolean {
  if (period === 'ever' || current === '' || current === 'ever') return false;
  return periodKey(period, atMs) > current;
}
