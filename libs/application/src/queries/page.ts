import { parseInstant } from '@amends/domain';
import { Refusal } from '../access/refusal';
import type { Sql } from './sql';

/** Where a page ends: the sort value as text, at full precision, and the id. */
export interface PageMark {
  readonly at: string;
  readonly id: string;
}

export interface PageRequest {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly after: PageMark | undefined;
  /** Also estimate how many rows there are. */
  readonly isCounted: boolean;
}

export interface Page<R> {
  readonly rows: readonly R[];
  /** Undefined on the last page. */
  readonly next: PageMark | undefined;
  readonly estimatedTotal: number | undefined;
}

/** A list in keyset pages: sorted by one column, ties by a second one that is unique. */
export interface ListSource {
  readonly select: string;
  readonly from: string;
  /** Expressions over indexed columns, with the types that their texts are cast back to. */
  readonly sortBy: { readonly expression: string; readonly type: 'timestamptz' | 'bigint' };
  readonly tieBy: { readonly expression: string; readonly type: 'text' | 'bigint' };
}

/** SQL conditions that must all hold, with their parameters. */
export class Conditions {
  readonly values: unknown[] = [];
  private readonly texts: string[] = [];

  /** Adds `text`, in which `$?` stands for `value`. */
  add(text: string, value: unknown): this {
    this.values.push(value);
    this.texts.push(text.replaceAll('$?', `$${String(this.values.length)}`));
    return this;
  }

  /** Adds conditions of which one must hold; they take no parameters. */
  oneOf(texts: readonly string[] | undefined): this {
    if (texts !== undefined) this.texts.push(texts.join(' or '));
    return this;
  }

  /** Adds a condition for a list of allowed values; an absent list allows all. */
  anyOf(expression: string, values: readonly unknown[] | undefined): this {
    return values === undefined ? this : this.add(`${expression} = any($?)`, values);
  }

  /** Half-open, in epoch milliseconds. */
  within(expression: string, fromMs: number | undefined, toMs: number | undefined): this {
    if (fromMs !== undefined) this.add(`${expression} >= $?`, new Date(fromMs));
    if (toMs !== undefined) this.add(`${expression} < $?`, new Date(toMs));
    return this;
  }

  /** The beginning of an id. */
  startsWith(expression: string, prefix: string | undefined): this {
    if (prefix === undefined) return this;
    return this.add(`${expression} ^@ $?`, prefix);
  }

  toString(): string {
    return this.texts.length === 0 ? 'true' : this.texts.map((text) => `(${text})`).join(' and ');
  }
}

/** Reads one page. New rows that arrive between two pages neither lose nor double a row. */
export async function readPage<R extends object>(
  sql: Sql,
  source: ListSource,
  conditions: Conditions,
  page: PageRequest,
): Promise<Page<R>> {
  const { sortBy, tieBy } = source;
  const estimatedTotal = page.isCounted ? await estimate(sql, source, conditions) : undefined;
  if (page.after !== undefined) {
    requireMark(source, page.after);
    const sign = page.order === 'asc' ? '>' : '<';
    // Two parameters in one condition: the second takes the place of the first's number.
    const values = conditions.values.length;
    conditions.values.push(page.after.at);
    conditions.add(
      `(${sortBy.expression}, ${tieBy.expression}) ${sign} ` +
        `($${String(values + 1)}::${sortBy.type}, $?::${tieBy.type})`,
      page.after.id,
    );
  }
  const { rows } = await sql.query<R & { page_at: string; page_id: string }>(
    `select ${source.select}, (${sortBy.expression})::text as page_at,
       (${tieBy.expression})::text as page_id
     from ${source.from} where ${String(conditions)}
     order by ${sortBy.expression} ${page.order}, ${tieBy.expression} ${page.order}
     limit ${String(page.limit + 1)}`,
    conditions.values,
  );
  const shown = rows.slice(0, page.limit);
  const last = rows.length > page.limit ? shown.at(-1) : undefined;
  return {
    rows: shown,
    next: last === undefined ? undefined : { at: last.page_at, id: last.page_id },
    estimatedTotal,
  };
}

/** A mark comes back from outside: what does not fit the columns is not one of ours. */
function requireMark({ sortBy, tieBy }: ListSource, { at, id }: PageMark): void {
  const fits = { bigint: isBigint, timestamptz: isTimestamp, text: isText };
  if (!fits[sortBy.type](at) || !fits[tieBy.type](id)) throw new Refusal('invalid_cursor');
}

function isBigint(value: string): boolean {
  return /^\d{1,18}$/.test(value);
}

/** As PostgreSQL writes it in UTC: `2026-03-01 12:00:00.123456+00`. */
function isTimestamp(value: string): boolean {
  const iso = value.replace(' ', 'T').replace(/\+00$/, 'Z');
  return iso.endsWith('Z') && parseInstant(iso) !== undefined;
}

function isText(value: string): boolean {
  return value.length <= 1_000 && !value.includes('\u0000');
}

/** What the planner thinks: cheap whatever the size, and wrong by a factor where filters correlate. */
async function estimate(sql: Sql, source: ListSource, conditions: Conditions): Promise<number> {
  const { rows } = await sql.query<{ 'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[] }>(
    `explain (format json) select 1 from ${source.from} where ${String(conditions)}`,
    conditions.values,
  );
  return rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}
