import type { LimitEntry, LimitQuery } from '@amends/domain';
import type { Sql } from '../../queries/sql';
import { insertRows } from '../store/insert-rows';
import { guardName, inLockOrder, type CounterSubject } from './guard-name';

/** What is counted: a payout paid or reserved, or an apology without money. */
export interface NewEntry extends LimitEntry {
  /** The compensation, or the incident of an apology: what frees the entry again. */
  readonly ref: string;
}

/** Entries that one decision asks for: around its time, as far as its limit reaches. */
export interface CounterQuery extends LimitQuery {
  readonly lane: number;
  readonly atMs: number;
}

interface EntryRow {
  guard: string;
  at: Date;
  amount_minor: bigint;
  currency: string | null;
}

/**
 * The counters that a transaction works with: locked in one order, read once, and kept in step with
 * what this transaction adds. No two transactions ever sum one counter at a time, so no limit is
 * passed, however many run (guarantee 4).
 */
export class LimitCounters {
  private readonly entries = new Map<string, LimitEntry[]>();
  private readonly added: { guard: string; entry: NewEntry }[] = [];

  private constructor() {
    // Made by `lock` only.
  }

  /**
   * @param subjects every counter that will be read or added to
   * @param queries what will be read
   */
  static async lock(
    sql: Sql,
    subjects: readonly (CounterSubject & { readonly lane: number })[],
    queries: readonly CounterQuery[],
  ): Promise<LimitCounters> {
    const counters = new LimitCounters();
    const guards = inLockOrder(
      subjects.map((subject) => [guardName(subject.lane, subject), subject] as const),
    );
    if (guards.length === 0) return counters;
    await lockGuards(sql, guards);
    await counters.read(sql, queries);
    return counters;
  }

  /** The entries of a query, what was added in this transaction included. */
  usage(query: CounterQuery): readonly LimitEntry[] {
    if (query.subject === undefined) return [];
    return this.entries.get(guardName(query.lane, { ...query, subject: query.subject })) ?? [];
  }

  /** Adds an entry to each counter, once each. They must be among those locked. */
  add(lane: number, subjects: readonly CounterSubject[], entry: NewEntry): void {
    for (const guard of new Set(subjects.map((subject) => guardName(lane, subject)))) {
      this.added.push({ guard, entry });
      const known = this.entries.get(guard);
      if (known) known.push(entry);
      else this.entries.set(guard, [entry]);
    }
  }

  async write(sql: Sql): Promise<void> {
    await insertRows(
      sql,
      'limit_entry',
      {
        guard: 'text',
        at: 'timestamptz',
        entry_ref: 'text',
        amount_minor: 'bigint',
        currency: 'text',
      },
      this.added.map(({ guard, entry }) => ({
        guard,
        at: new Date(entry.atMs),
        entry_ref: entry.ref,
        amount_minor: entry.minor,
        currency: entry.currency,
      })),
    );
  }

  private async read(sql: Sql, queries: readonly CounterQuery[]): Promise<void> {
    const spans = widestSpans(queries);
    if (spans.size === 0) return;
    const { rows } = await sql.query<EntryRow>(
      `select e.guard, e.at, e.amount_minor, e.currency
       from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as s(guard, above, below)
       join limit_entry e on e.guard = s.guard and e.at > s.above and e.at < s.below`,
      [
        [...spans.keys()],
        [...spans.values()].map(({ aboveMs }) => edge(aboveMs)),
        [...spans.values()].map(({ belowMs }) => edge(belowMs)),
      ],
    );
    for (const row of rows) {
      const entry = {
        atMs: row.at.getTime(),
        minor: row.amount_minor,
        currency: row.currency,
      };
      const known = this.entries.get(row.guard);
      if (known) known.push(entry);
      else this.entries.set(row.guard, [entry]);
    }
  }
}

async function lockGuards(sql: Sql, guards: readonly string[]): Promise<void> {
  // A row that is missing locks nothing, so all are made first, in the same order.
  await sql.query(
    `insert into limit_guard (guard)
     select g.guard from unnest($1::text[]) with ordinality as g(guard, n) order by g.n
     on conflict do nothing`,
    [guards],
  );
  await sql.query(
    `select 1 from limit_guard l
     join unnest($1::text[]) with ordinality as g(guard, n) on g.guard = l.guard
     order by g.n for update of l`,
    [guards],
  );
}

/** Per counter the span that covers all queries; the domain looks only at what each may see. */
function widestSpans(
  queries: readonly CounterQuery[],
): Map<string, { aboveMs: number; belowMs: number }> {
  const spans = new Map<string, { aboveMs: number; belowMs: number }>();
  for (const query of queries) {
    if (query.subject === undefined) continue;
    const guard = guardName(query.lane, { ...query, subject: query.subject });
    const reachMs = query.overMs ?? Infinity;
    const span = spans.get(guard) ?? { aboveMs: Infinity, belowMs: -Infinity };
    spans.set(guard, {
      aboveMs: Math.min(span.aboveMs, query.atMs - reachMs),
      belowMs: Math.max(span.belowMs, query.atMs + reachMs),
    });
  }
  return spans;
}

/** Beyond these no edge is needed: no span is longer than a hundred years. */
const FIRST_MS = Date.UTC(1000, 0, 1);
const LAST_MS = Date.UTC(9999, 11, 31);

function edge(ms: number): string {
  if (ms <= FIRST_MS) return '-infinity';
  if (ms >= LAST_MS) return 'infinity';
  return new Date(ms).toISOString();
}

/** No incident accrues more (RULES.md is bounded in size by the rule definition). */
const UNITS_MAX = 10_000;

/** What an apology without money is counted as: each accrual unit by itself. */
export function wordRef(incidentId: string, unit: number): string {
  return unit === 0 ? incidentId : `${incidentId}:${String(unit)}`;
}

/** Gives back what was counted for the apologies of an incident. */
export async function freeWords(sql: Sql, incidentId: string): Promise<void> {
  await sql.query(
    `delete from limit_entry where entry_ref = $1 or entry_ref in (
       select $1 || ':' || a.unit from generate_series(1, ${String(UNITS_MAX)}) as a(unit))`,
    [incidentId],
  );
}

/** Gives back what was counted for these compensations (or apologies). Freeing needs no lock. */
export async function freeLimits(sql: Sql, refs: readonly string[]): Promise<void> {
  if (refs.length === 0) return;
  await sql.query('delete from limit_entry where entry_ref = any($1)', [refs]);
}
