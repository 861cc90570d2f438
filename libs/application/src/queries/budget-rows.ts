import { beginsAnew, type BudgetPeriod } from '../remedy/budgets/budget-period';
import type { Sql } from './sql';

/** A budget as it stands at an instant. */
export interface BudgetState {
  readonly id: string;
  /** Null: of the account. */
  readonly brand: string | null;
  readonly currency: string;
  readonly period: BudgetPeriod;
  readonly limitMinor: bigint;
  readonly spentMinor: bigint;
  readonly reservedMinor: bigint;
  readonly warnAt: readonly number[];
  readonly onExhausted: 'review' | 'skip';
  readonly revision: number;
  /** Live rules that pay in its currency. */
  readonly rules: readonly string[];
}

interface Row {
  readonly id: string;
  readonly brand: string;
  readonly currency: string;
  readonly period: BudgetPeriod;
  readonly period_key: string;
  readonly limit_minor: bigint;
  readonly held_minor: bigint;
  readonly spent_minor: bigint;
  readonly warn_at: readonly number[];
  readonly on_exhausted: 'review' | 'skip';
  readonly revision: number;
  readonly rules: readonly string[];
}

/** @param nowMs the clock that budgets go by; a period that is over has been spent by nobody */
export async function readBudget(
  sql: Sql,
  id: string,
  nowMs: number,
): Promise<BudgetState | undefined> {
  const { rows } = await sql.query<Row>(
    `select b.id, b.brand, b.currency, b.period, b.period_key, b.limit_minor, b.held_minor, b.spent_minor,
       b.warn_at, b.on_exhausted, b.revision,
       array(
         select o.rule_id from rule_rollout o
         join rule_version v on v.rule_id = o.rule_id and v.version = o.live_version
         where v.document->>'pay' like '%' || b.currency || '%'
           or exists (select 1 from compensation c where c.rule_id = o.rule_id
                and c.currency = b.currency and c.created_at > now() - interval '31 days')
         order by o.rule_id) as rules
     from budget b where b.id = $1`,
    [id],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    id: row.id,
    brand: row.brand === '' ? null : row.brand,
    currency: row.currency,
    period: row.period,
    limitMinor: row.limit_minor,
    spentMinor: beginsAnew(row.period, row.period_key, nowMs) ? 0n : row.spent_minor,
    reservedMinor: row.held_minor,
    warnAt: row.warn_at,
    onExhausted: row.on_exhausted,
    revision: row.revision,
    rules: row.rules,
  };
}

/** Where a budget ends up if its period goes on as it began. */
export interface BudgetForecast {
  /** At the end of the period. */
  readonly minor: bigint;
  /** Null: it lasts. */
  readonly runsOutAtMs: number | null;
}

const FIRST_SAMPLE_MS = 3_600_000;

/** Null without a period, and within its first hour, when nothing can be told. */
export function forecastBudget(budget: BudgetState, nowMs: number): BudgetForecast | null {
  const span = spanOf(budget.period, nowMs);
  if (span === null || nowMs - span.startMs < FIRST_SAMPLE_MS) return null;
  const used = budget.spentMinor + budget.reservedMinor;
  const elapsedMs = BigInt(nowMs - span.startMs);
  const minor = (used * BigInt(span.endMs - span.startMs)) / elapsedMs;
  if (minor <= budget.limitMinor || used === 0n) return { minor, runsOutAtMs: null };
  const runsOutAfterMs = (budget.limitMinor * elapsedMs) / used;
  return { minor, runsOutAtMs: span.startMs + Number(runsOutAfterMs) };
}

function spanOf(period: BudgetPeriod, nowMs: number): { startMs: number; endMs: number } | null {
  if (period === 'ever') return null;
  const now = new Date(nowMs);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  if (period === 'month') {
    return { startMs: Date.UTC(year, month, 1), endMs: Date.UTC(year, month + 1, 1) };
  }
  const day = now.getUTCDate();
  return { startMs: Date.UTC(year, month, day), endMs: Date.UTC(year, month, day + 1) };
}
