import type { Money } from '@amends/domain';
import { inStep } from '../../queries/in-step';
import type { Sql } from '../../queries/sql';
import { TotalMoved } from '../money/total-moved';
import { isAmple, type BrandedSum, type Wanted } from '../money/wanted';
import { announce, type Notice } from '../notices/announce';
import { beginsAnew, periodKey, type BudgetPeriod } from './budget-period';
import { newlyReached } from './warn-levels';

/** A budget of a brand or of the account, as it stands in this transaction. */
interface Budget {
  readonly id: string;
  /** '': of every brand that has none of its own in this currency. */
  readonly brand: string;
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
  brand: string;
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

/** What counts, or is to count, in a budget. */
export interface Budgeted extends BrandedSum {
  /** The one it counts in already, whichever it would be now. */
  readonly budgetId?: string | null;
}

/**
 * The budgets of some payouts, each that of its brand and currency, or else that of the account: one
 * row each, counted in memory, and written back by one guarded update each. A sum over payouts would
 * overspend (RELIABILITY.md, section 3).
 */
export class Budgets {
  private constructor(
    private readonly all: readonly Budget[],
    private readonly isLocked: boolean,
  ) {}

  static async lock(sql: Sql, payouts: readonly Budgeted[]): Promise<Budgets> {
    return new Budgets(await read(sql, payouts, 'for update'), true);
  }

  /** Those in which the payout counts already; none, where it counts in none. */
  static lockOwn(
    sql: Sql,
    payout: Budgeted & { readonly budgetId: string | null },
  ): Promise<Budgets> {
    return Budgets.lock(sql, payout.budgetId === null ? [] : [payout]);
  }

  /**
   * Only looked at: what is counted is added by guarded updates at the very end, which throw
   * `TotalMoved` should the room have been taken meanwhile. Undefined unless each has ample room
   * for what is wanted, in the period that runs.
   */
  static async look(sql: Sql, wanted: readonly Wanted[]): Promise<Budgets | undefined> {
    const all = await read(sql, wanted, '');
    const isSure = all.every((budget) => {
      const own = wanted.filter((sum) => budgetFor(all, sum) === budget);
      return (
        budget.periodKey !== '' &&
        own.every(({ atMs }) => !beginsAnew(budget.period, budget.periodKey, atMs)) &&
        isAmple(leftOf(budget), own)
      );
    });
    return isSure ? new Budgets(all, false) : undefined;
  }

  /** Sets a sum aside, if there is a budget for it and it still has it. */
  reserve(sum: BrandedSum, atMs: number): BudgetVerdict {
    const { money } = sum;
    const budget = budgetFor(this.all, sum);
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
  spend(budgetId: string, money: Money, atMs: number): string {
    const budget = this.existing(budgetId);
    this.rollOver(budget, atMs);
    add(budget, -money.minor, money.minor);
    return budget.periodKey;
  }

  /** What was set aside will not move. */
  release(budgetId: string, money: Money): void {
    add(this.existing(budgetId), -money.minor, 0n);
  }

  /** What had moved came back; a period that is over stays as it was. */
  refund(budgetId: string, money: Money, period: string | null): void {
    const budget = this.existing(budgetId);
    if (period === budget.periodKey) add(budget, 0n, -money.minor);
  }

  /**
   * Throws, and so undoes the transaction, should a limit be passed after all. The updates are sent in
   * the order of the ids before this returns, so whoever calls may send what comes after them.
   */
  async write(sql: Sql): Promise<void> {
    const changed = this.all.filter(({ isChanged }) => isChanged);
    const update = this.isLocked ? writeLocked : addToRow;
    await inStep(...changed.map((budget) => update(sql, budget)));
    await announce(sql, changed.flatMap(warnings));
  }

  private rollOver(budget: Budget, atMs: number): void {
    const isNew = budget.periodKey === '' || beginsAnew(budget.period, budget.periodKey, atMs);
    if (!isNew) return;
    if (!this.isLocked) throw new TotalMoved(`budget ${budget.id}`);
    begin(budget, periodKey(budget.period, atMs));
  }

  private existing(id: string): Budget {
    const budget = this.all.find((one) => one.id === id);
    if (!budget) throw new Error(`the budget ${id} is not locked`);
    return budget;
  }
}

/** In the order of their ids: that in which they are locked everywhere. */
async function read(
  sql: Sql,
  payouts: readonly Budgeted[],
  lock: 'for update' | '',
): Promise<Budget[]> {
  if (payouts.length === 0) return [];
  const kinds = new Map(
    payouts.map(({ brand, money: { currency } }) => [
      JSON.stringify([brand, currency]),
      { brand, currency },
    ]),
  );
  const { rows } = await sql.query<Row>(
    `select id, brand, currency, period, period_key, limit_minor, held_minor, spent_minor,
       on_exhausted, warn_at
     from budget where id = any($3) or id in (
       select distinct on (w.n) b.id
       from unnest($1::text[], $2::text[]) with ordinality as w(brand, currency, n)
       join budget b on b.currency::text = w.currency and b.brand in ('', w.brand)
       order by w.n, b.brand desc)
     order by id ${lock}`,
    [
      [...kinds.values()].map(({ brand }) => brand),
      [...kinds.values()].map(({ currency }) => currency),
      payouts.flatMap(({ budgetId }) => budgetId ?? []),
    ],
  );
  return rows.map(toBudget);
}

/** That of its brand, else that of the account. */
function budgetFor(
  all: readonly Budget[],
  { brand, money: { currency } }: BrandedSum,
): Budget | undefined {
  const able = all.filter((budget) => budget.currency === currency);
  return (
    able.find((budget) => budget.brand === brand) ?? able.find((budget) => budget.brand === '')
  );
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
  const { id, brand, currency, periodKey: period, limitMinor, heldMinor, spentMinor } = budget;
  const usedMinor = heldMinor + spentMinor;
  return newlyReached(budget.warnAt, limitMinor, budget.usedBeforeMinor, usedMinor).map(
    (level) => ({
      kind: 'budget.warning',
      about: `budget:${id}`,
      occasion: `budget:${id}:${period}:${String(level)}`,
      detail: {
        level,
        period,
        ...(brand !== '' && { brand }),
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
    brand: row.brand,
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
