import { moneyToJson, type Money } from '@amends/domain';
import type { Asked } from '../access/actor';
import { writeAudit } from '../access/audit';
import { requirePrecondition, type Precondition } from '../access/precondition';
import { invalidField, Refusal } from '../access/refusal';
import { oneRow, type Database, type Sql } from '../queries/sql';
import { withSecondPerson, type Change } from '../second-person/with-second-person';

export interface BudgetInput {
  /** Null: of the account, for all brands without one of their own. */
  readonly brand: string | null;
  readonly period: 'day' | 'month' | 'ever';
  readonly limit: Money;
  readonly warnAt: readonly number[];
  readonly onExhausted: 'review' | 'skip';
}

interface BudgetLock {
  readonly brand: string;
  readonly currency: string;
  readonly period: string;
  readonly limit_minor: bigint;
  readonly held_minor: bigint;
  readonly spent_minor: bigint;
  readonly revision: number;
}

/**
 * Sets a budget of the account or of a brand: one of each per currency. What is spent and reserved is
 * never set by hand.
 */
export class ChangeBudget {
  constructor(private readonly database: Database) {}

  /** Returns whether the budget is new. */
  async execute(
    id: string,
    input: BudgetInput,
    precondition: Precondition,
    asked: Asked,
  ): Promise<boolean> {
    return withSecondPerson(this.database, asked, changeOf(id, input), async (sql) => {
      const before = await lockBudget(sql, id);
      requirePrecondition(precondition, before && budgetStem(before.revision));
      await requirePlace(sql, id, before, input);
      if (before === undefined) await insert(sql, id, input);
      else await update(sql, id, before, input);
      const { brand, period, limit, warnAt, onExhausted } = input;
      await writeAudit(sql, asked, {
        action: before === undefined ? 'budget.create' : 'budget.change',
        object: `budget:${id}`,
        before: before && { period: before.period, limit_minor: String(before.limit_minor) },
        after: {
          ...(brand !== null && { brand }),
          period,
          limit_minor: String(limit.minor),
          currency: limit.currency,
          warn_at: warnAt,
          on_exhausted: onExhausted,
        },
      });
      return before === undefined;
    });
  }
}

function changeOf(id: string, { brand, period, limit, warnAt, onExhausted }: BudgetInput): Change {
  return {
    kind: 'budget.change',
    about: `budget:${id}`,
    content: {
      ...(brand !== null && { brand }),
      period,
      limit: moneyToJson(limit),
      warn_at: warnAt,
      on_exhausted: onExhausted,
    },
  };
}

export function budgetStem(revision: number): string {
  return `b${String(revision)}`;
}

async function lockBudget(sql: Sql, id: string): Promise<BudgetLock | undefined> {
  const { rows } = await sql.query<BudgetLock>(
    `select brand, currency, period, limit_minor, held_minor, spent_minor, revision from budget
     where id = $1 for update`,
    [id],
  );
  return rows[0];
}

/** Brand and currency stay what they are, and no other budget has both. */
async function requirePlace(
  sql: Sql,
  id: string,
  before: BudgetLock | undefined,
  { brand, limit }: BudgetInput,
): Promise<void> {
  if (before !== undefined && before.brand !== (brand ?? '')) {
    throw invalidField('/brand', 'immutable', {
      en: 'the brand of a budget never changes: make another budget',
      zh: '预算的品牌不可更改：请另建预算',
    });
  }
  if (before !== undefined && before.currency !== limit.currency) {
    throw invalidField('/limit/currency', 'immutable', {
      en: 'the currency of a budget never changes',
      zh: '预算的币种不可更改',
    });
  }
  const { rows } = await sql.query<{ id: string }>(
    'select id from budget where currency = $1 and id <> $2 and brand = $3',
    [limit.currency, id, brand ?? ''],
  );
  const other = rows[0];
  if (other !== undefined) throw new Refusal('currency_taken', { extra: { budget: other.id } });
}

async function insert(sql: Sql, id: string, input: BudgetInput): Promise<void> {
  const { rowCount } = await sql.query(
    `insert into budget (id, currency, period, limit_minor, warn_at, on_exhausted, brand)
     values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
    [
      id,
      input.limit.currency,
      input.period,
      input.limit.minor,
      JSON.stringify(input.warnAt),
      input.onExhausted,
      input.brand ?? '',
    ],
  );
  // Somebody made it, or one of its brand and currency, in this very moment.
  if (rowCount !== 1) throw new Refusal('already_exists');
}

async function update(sql: Sql, id: string, before: BudgetLock, input: BudgetInput): Promise<void> {
  if (before.period === input.period) requireRoom(before, input);
  else await changePeriod(sql, id, input);
  await sql.query(
    `update budget set period = $2, limit_minor = $3, warn_at = $4, on_exhausted = $5,
       revision = revision + 1, updated_at = now()
     where id = $1`,
    [id, input.period, input.limit.minor, JSON.stringify(input.warnAt), input.onExhausted],
  );
}

function requireRoom(
  { held_minor: held, spent_minor: spent }: BudgetLock,
  { limit }: BudgetInput,
): void {
  if (limit.minor < held + spent) throw new Refusal('limit_below_spent');
}

/** What was spent in the period that is left does not count in the new one, unless it lies in that. */
async function changePeriod(sql: Sql, id: string, { period, limit }: BudgetInput): Promise<void> {
  const row = await oneRow<{ done: boolean }>(
    sql,
    'select change_budget_period($1, $2, $3) as done',
    [id, period, limit.minor],
  );
  if (row?.done !== true) throw new Refusal('limit_below_spent');
}
