import type { Money } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { TotalMoved } from '../money/total-moved';
import { isAmple, sumsOf, type Wanted } from '../money/wanted';
import { announce, type Notice } from '../notices/announce';
import { beginsAnew, periodKey, type BudgetPeriod } from './budget-period';
import { newlyReached } from './warn-levels';

/** One account-wide budget, as it stands in this transaction. */
interface Budget {
  readonly id: string;
  readonly currency: string;
  readonly period: BudgetPeriod;
  limitMinor: bigint;
  readonly onExhausted: 'review' | 'skip';
  readonly warnAt: readonly number[];
  /** Held and spent when it was locked, or its period began. */
  usedBeforeMinor: bigint;
  periodKey: string;
  heldMinor: bigint;
  spentMinor: bigint;
  /** What this transaction has added to them so far. */
  addedHeldMinor: bigint;
  addedSpentMinor: bigint;
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
 * The account's budgets of some currencies: one row each, counted in memory, and written back by one
 * guarded update each. A sum over payouts would overspend (RELIABILITY.md, section 3).
 */
export class Budgets {
  private constructor(
    private readonly byCurrency: ReadonlyMap<string, Budget>,
    private readonly isLocked: boolean,
  ) {}

  static async lock(sql: Sql, currencies: Iterable<string>): Promise<Budgets> {
    return new Budgets(await read(sql, currencies, 'for update'), true);
  }

  /**
   * Only looked at: what is counted is added by guarded updates at the very end, which throw
   * `TotalMoved` should the room have been taken meanwhile. Undefined unless each has ample room
   * for what is wanted, in the period that runs.
   */
  static async look(sql: Sql, wanted: readonly Wanted[]): Promise<Budgets | undefined> {
    const sums = sumsOf(wanted);
    const budgets = await read(sql, sums.keys(), '');
    const isSure = [...budgets.values()].every(
      (budget) =>
        budget.periodKey !== '' &&
        wanted.every(({ atMs }) => !beginsAnew(budget.period, budget.periodKey, atMs)) &&
        isAmple(leftOf(budget), sums.get(budget.currency) ?? 0n),
    );
    return isSure ? new Budgets(budgets, false) : undefined;
  }

  /** Sets a sum aside, if there is a budget for its currency and it still has it. */
  reserve(money: Money, atMs: number): BudgetVerdict {
    const budget = this.byCurrency.get(money.currency);
    if (!budget) return { kind: 'none' };
    this.rollOver(budget, atMs);
    const left = leftOf(budget);
    const { id: budgetId, currency } = budget;
    if (money.minor > left) {
      if (!this.isLocked) throw new TotalMoved(`budget ${budgetId}`);
      const shown = { minor: left > 0n ? left : 0n, currency };
      return { kind: 'exhausted', budgetId, left: shown, then: budget.onExhausted };
    }
    add(budget, money.minor, 0n);
    return { kind: 'reserved', budgetId, left: { minor: left - money.minor, currency } };
  }

  /** What was set aside has moved; returns the period it counts in. */
  spend(money: Money, atMs: number): string {
    const budget = this.existing(money.currency);
    this.rollOver(budget, atMs);
    add(budget, -money.minor, money.minor);
    return budget.periodKey;
  }

  /** What was set aside will not move. */
  release(money: Money): void {
    add(this.existing(money.currency), -money.minor, 0n);
  }

  /** What had moved came back; a period that is over stays as it was. */
  refund(money: Money, period: string | null): void {
    const budget = this.existing(money.currency);
    if (period === budget.periodKey) add(budget, 0n, -money.minor);
  }

  /** Throws, and so undoes the transaction, should a limit be passed after all. */
  async write(sql: Sql): Promise<void> {
    const changed = [...this.byCurrency.values()].filter(({ isChanged }) => isChanged);
    for (const budget of changed) {
      if (this.isLocked) await writeLocked(sql, budget);
      else await addToRow(sql, budget);
    }
    await announce(sql, changed.flatMap(warnings));
  }

  private rollOver(budget: Budget, atMs: number): void {
    const isNew = budget.periodKey === '' || beginsAnew(budget.period, budget.periodKey, atMs);
    if (!isNew) return;
    if (!this.isLocked) throw new TotalMoved(`budget ${budget.id}`);
    begin(budget, periodKey(budget.period, atMs));
  }

  private existing(currency: string): Budget {
    const budget = this.byCurrency.get(currency);
    if (!budget) throw new Error(`the budget for ${currency} is not locked`);
    return budget;
  }
}

/** By their currencies, in the order of their ids: that in which they are locked everywhere. */
async function read(
  sql: Sql,
  currencies: Iterable<string>,
  lock: 'for update' | '',
): Promise<Map<string, Budget>> {
  const wanted = [...new Set(currencies)];
  if (wanted.length === 0) return new Map();
  const { rows } = await sql.query<Row>(
    `select id, currency, period, period_key, limit_minor, held_minor, spent_minor, on_exhausted,
       warn_at
     from budget where currency = any($1) order by id ${lock}`,
    [wanted],
  );
  return new Map(rows.map((row) => [row.currency, toBudget(row)]));
}

async function writeLocked(sql: Sql, budget: Budget): Promise<void> {
  const { rowCount } = await sql.query(
    `update budget set held_minor = $2, spent_minor = $3, period_key = $4, updated_at = now()
     where id = $1 and $2::bigint + $3::bigint <= limit_minor`,
    [budget.id, budget.heldMinor, budget.spentMinor, budget.periodKey],
  );
  if (rowCount !== 1) throw new Error(`budget ${budget.id} would be passed`);
}

/** Adds to whatever the row holds by now, which the guard looks at under its lock. */
async function addToRow(sql: Sql, budget: Budget): Promise<void> {
  const { rows } = await sql.query<Pick<Row, 'held_minor' | 'spent_minor' | 'limit_minor'>>(
    `update budget set held_minor = held_minor + $2, spent_minor = spent_minor + $3,
       updated_at = now()
     where id = $1 and period_key = $4
       and held_minor + $2::bigint + spent_minor + $3::bigint <= limit_minor
     returning held_minor, spent_minor, limit_minor`,
    [budget.id, budget.addedHeldMinor, budget.addedSpentMinor, budget.periodKey],
  );
  const row = rows[0];
  if (row === undefined) throw new TotalMoved(`budget ${budget.id}`);
  budget.heldMinor = row.held_minor;
  budget.spentMinor = row.spent_minor;
  budget.limitMinor = row.limit_minor;
  budget.usedBeforeMinor =
    row.held_minor + row.spent_minor - budget.addedHeldMinor - budget.addedSpentMinor;
}

function leftOf({ limitMinor, heldMinor, spentMinor }: Budget): bigint {
  return limitMinor - heldMinor - spentMinor;
}

function add(budget: Budget, heldMinor: bigint, spentMinor: bigint): void {
  budget.heldMinor += heldMinor;
  budget.spentMinor += spentMinor;
  budget.addedHeldMinor += heldMinor;
  budget.addedSpentMinor += spentMinor;
  budget.isChanged = true;
}

/** A period begins: what was spent in the last one no longer counts. */
function begin(budget: Budget, key: string): void {
  if (budget.periodKey !== '') {
    budget.spentMinor = 0n;
    budget.usedBeforeMinor = budget.heldMinor;
  }
  budget.periodKey = key;
  budget.isChanged = true;
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
    addedHeldMinor: 0n,
    addedSpentMinor: 0n,
    isChanged: false,
  };
}
