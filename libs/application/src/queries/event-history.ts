import { Conditions, readPage, type Page, type PageRequest } from './page';
import type { Sql } from './sql';

export interface EventFilter {
  readonly types: readonly string[] | undefined;
  readonly subjects: readonly string[] | undefined;
  readonly customerIds: readonly string[] | undefined;
  readonly sources: readonly string[] | undefined;
  readonly idPrefix: string | undefined;
  readonly fromMs: number | undefined;
  readonly toMs: number | undefined;
}

export interface HistoryRow {
  /** The event as JSON text. */
  readonly body: string;
}

const SORT = {
  sortBy: { expression: 'h.time', type: 'timestamptz' },
  tieBy: { expression: 'h.seq', type: 'bigint' },
} as const;

/** Beyond this many types the newest of each are no longer looked up one by one. */
const TYPES_MAX = 200;

/**
 * Events that were read, by event time. History has indexes by customer, subject and type only, since
 * each costs every event; so without the first two the newest of every type are taken and merged.
 */
export async function readEventHistory(
  sql: Sql,
  filter: EventFilter,
  page: PageRequest,
): Promise<Page<HistoryRow>> {
  const source = { ...SORT, select: 'h.body', from: 'history h' };
  const isNarrow = filter.customerIds !== undefined || filter.subjects !== undefined;
  const types = filter.types ?? (isNarrow ? [] : await typesSeen(sql));
  if (isNarrow || types.length <= 1 || types.length > TYPES_MAX) {
    return readPage<HistoryRow>(sql, source, conditionsOf(filter), page);
  }
  const pages = [];
  for (const type of new Set(types)) {
    const wider = { ...source, select: 'h.body, h.time, h.seq' };
    const ofType = conditionsOf({ ...filter, types: [type] });
    pages.push(await readPage<MergeRow>(sql, wider, ofType, page));
  }
  return merge(pages, page);
}

interface MergeRow extends HistoryRow {
  readonly page_at: string;
  readonly page_id: string;
}

/** A loose scan of the index by type: as many steps as there are types. */
async function typesSeen(sql: Sql): Promise<readonly string[]> {
  const { rows } = await sql.query<{ type: string }>(
    `with recursive seen as (
       (select type from history order by type limit 1)
       union all
       select (select h.type from history h where h.type > seen.type order by h.type limit 1)
       from seen where seen.type is not null
     ) select type from seen where type is not null limit ${String(TYPES_MAX + 1)}`,
  );
  return rows.map(({ type }) => type);
}

function conditionsOf(filter: EventFilter): Conditions {
  const conditions = new Conditions()
    .anyOf('h.customer_id', filter.customerIds)
    .anyOf('h.subject', filter.subjects)
    .anyOf('h.source', filter.sources)
    .startsWith('h.id', filter.idPrefix)
    .within('h.time', filter.fromMs, filter.toMs);
  const only = filter.types?.length === 1 ? filter.types[0] : undefined;
  // Plain equality lets the index give the order, too.
  return only === undefined
    ? conditions.anyOf('h.type', filter.types)
    : conditions.add('h.type = $?', only);
}

function merge(pages: readonly Page<MergeRow>[], { limit, order }: PageRequest): Page<MergeRow> {
  const sign = order === 'asc' ? 1 : -1;
  const rows = pages.flatMap((page) => page.rows).sort((a, b) => sign * compare(a, b));
  const shown = rows.slice(0, limit);
  const hasMore = rows.length > limit || pages.some(({ next }) => next !== undefined);
  const last = hasMore ? shown.at(-1) : undefined;
  const totals = pages.map(({ estimatedTotal }) => estimatedTotal);
  return {
    rows: shown,
    next: last === undefined ? undefined : { at: last.page_at, id: last.page_id },
    estimatedTotal: totals.includes(undefined)
      ? undefined
      : totals.reduce<number>((sum, total) => sum + (total ?? 0), 0),
  };
}

function compare(a: MergeRow, b: MergeRow): number {
  // Trailing zeros of the seconds are not written, so the texts do not compare as they are.
  const [left, right] = [sortable(a.page_at), sortable(b.page_at)];
  if (left !== right) return left < right ? -1 : 1;
  return Number(BigInt(a.page_id) - BigInt(b.page_id));
}

function sortable(at: string): string {
  return at.replace(
    /(?:\.(\d+))?\+00$/,
    (_, digits?: string) => `.${(digits ?? '').padEnd(6, '0')}`,
  );
}
