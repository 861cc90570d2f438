import type { Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { announce, type Notice } from '../notices/announce';
import { beginsAnew, periodKey, type BudgetPeriod } from './budget-period';
import { newlyReached } from './warn-levels';

/** One account-wide budget, as it stands in this transaction. */
interface Budget {
  readonly id: string;
  readonly currency: string;
  readonly period: BudgetPeriod;
  readonly limitMinor: bigint;
  readonly onExhausted: 'review' | 'skip';
  readonly warnAt: readonly number[];
  /** Held and spent when it was locked, or its period began. */
  usedBeforeMinor: bigint;
  periodKey: string;
  heldMinor: bigint;
  spentMinor: bigint;
  isChanged: boolean;
}

interface Row {
  id: string;
  currency: string;
  period: BudgetPeriod;
  period_key: string;
  limit_minor: bigint;
  held_minor: bigint;
  spent_minor: bigint;
  on_exhausted: 'review' | 'skip';
  warn_at: readonly number[];
}

export type BudgetVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'reserved'; readonly budgetId: string; readonly left: Money }
  | {
      readonly kind: 'exhausted';
      readonly budgetId: string;
      readonly left: Money;
      readonly then: 'review' | 'skip';
    };

/**
 * The account's budgets of some currencies: one row each, locked, counted in memory, and written
 * back by one guarded update each. A sum over payouts would overspend (RELIABILITY.md, section 3).
 */
export class Budgets {
  private constructor(private readonly byCurrency: ReadonlyMap<string, Budget>) {}

  static async lock(sql: Sql, currencies: Iterable<string>): Promise<Budgets> {
    const wanted = [...new Set(currencies)];
    if (wanted.length === 0) return new Budgets(new Map());
    const { rows } = await sql.query<Row>(
      `select id, currency, period, period_key, limit_minor, held_minor, spent_minor, on_exhausted,
         warn_at
       from budget where currency = any($1) order by id for update`,
      [wanted],
    );
    return new Budgets(new Map(rows.map((row) => [row.currency, toBudget(row)])));
  }

  /** Sets a sum aside, if there is a budget for its currency and it still has it. */
  reserve(money: Money, atMs: number): BudgetVerdict {
    const budget = this.byCurrency.get(money.currency);
    if (!budget) return { kind: 'none' };
    rollOver(budget, atMs);
    const left = budget.limitMinor - budget.heldMinor - budget.spentMinor;
    const { id: budgetId, currency } = budget;
    if (money.minor > left) {
      const shown = { minor: left > 0n ? left : 0n, currency };
      return { kind: 'exhausted', budgetId, left: shown, then: budget.onExhausted };
    }
    budget.heldMinor += money.minor;
    budget.isChanged = true;
    return { kind: 'reserved', budgetId, left: { minor: left - money.minor, currency } };
  }

  /** What was set aside has moved; returns the period it counts in. */
  spend(money: Money, atMs: number): string {
    const budget = this.existing(money.currency);
    rollOver(budget, atMs);
    budget.heldMinor -= money.minor;
    budget.spentMinor += money.minor;
    budget.isChanged = true;
    return budget.periodKey;
  }

  /** What was set aside will not move. */
  release(money: Money): void {
    const budget = this.existing(money.currency);
    budget.heldMinor -= money.minor;
    budget.isChanged = true;
  }

  /** What had moved came back; a period that is over stays as it was. */
  refund(money: Money, period: string | null): void {
    const budget = this.existing(money.currency);
    if (period !== budget.periodKey) return;
    budget.spentMinor -= money.minor;
    budget.isChanged = true;
  }

  /** Throws, and so undoes the transaction, should a limit be passed after all. */
  async write(sql: Sql): Promise<void> {
    for (const budget of this.byCurrency.values()) {
      if (!budget.isChanged) continue;
      const { rowCount } = await sql.query(
        `update budget set held_minor = $2, spent_minor = $3, period_key = $4, updated_at = now()
         where id = $1 and $2::bigint + $3::bigint <= limit_minor`,
        [budget.id, budget.heldMinor, budget.spentMinor, budget.periodKey],
      );
      if (rowCount !== 1) throw new Error(`budget ${budget.id} would be passed`);
    }
    await announce(sql, [...this.byCurrency.values()].flatMap(warnings));
  }

  private existing(currency: string): Budget {
    const budget = this.byCurrency.get(currency);
    if (!budget) throw new Error(`the budget for ${currency} is not locked`);
    return budget;
  }
}

function rollOver(budget: Budget, atMs: number): void {
  const key = periodKey(budget.period, atMs);
  if (beginsAnew(budget.period, budget.periodKey, atMs)) {
    budget.periodKey = key;
    budget.spentMinor = 0n;
    budget.usedBeforeMinor = budget.heldMinor;
    budget.isChanged = true;
  } else if (budget.periodKey === '') {
    budget.periodKey = key;
    budget.isChanged = true;
  }
}

/** Each level once in a period, however often it is passed up and down. */
function warnings(budget: Budget): Notice[] {
  const { id, currency, periodKey: period, limitMinor, heldMinor, spentMinor } = budget;
  const usedMinor = heldMinor + spentMinor;
  return newlyReached(budget.warnAt, limitMinor, budget.usedBeforeMinor, usedMinor).map(
    (level) => ({
      kind: 'budget.warning',
      about: `budget:${id}`,
      occasion: `budget:${id}:${period}:${String(level)}`,
      detail: {
        level,
        period,
        currency,
        used_minor: usedMinor.toString(),
        limit_minor: limitMinor.toString(),
      },
    }),
  );
}

function toBudget(row: Row): Budget {
  return {
    id: row.id,
    currency: row.currency,
    period: row.period,
    limitMinor: row.limit_minor,
    onExhausted: row.on_exhausted,
    warnAt: row.warn_at,
    usedBeforeMinor: row.held_minor + row.spent_minor,
    periodKey: row.period_key,
    heldMinor: row.held_minor,
    spentMinor: row.spent_minor,
    isChanged: false,
  };
}
