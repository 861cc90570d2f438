import {
  History,
  type Conditions,
  type Database,
  type HistoryEvent,
  type HistoryFilter,
  type HistoryPlace,
  type HistoryQuery,
  type Sql,
} from '@amends/application';
import { epochMs, pgTime } from '../database/pg-time';
import { eraseHistory } from './erase-history';
import { eventMatches } from './event-matches';
import { mergeSegments, type SegmentRound } from './merge-segments';
import { openSegment } from './open-segment';
import { reachingBeyond, segmentConditions } from './segment-conditions';
import { SEQS_PER_BLOCK } from './segment-block';

interface ReadRow {
  readonly joins: number;
  readonly first_seq: bigint | null;
  readonly min_ms: number;
  readonly max_ms: number;
  readonly packing: string;
  readonly bodies: Buffer;
}

/** Segments of one look-up by seq at a time: each is a tenth of a megabyte. */
const LOOK_UP_MAX = 50;
const SAMPLE = 100;
/** Segments to begin with: a thousand events each, or hardly more than one of those asked for. */
const ROUND = 2;
const ROUND_NARROW = 16;

/** History as segments: a batch's events compressed into one row (ADR 8). */
export class PgHistory extends History {
  read(sql: Sql, query: HistoryQuery): Promise<readonly HistoryEvent[]> {
    const source = (after: HistoryPlace | undefined, count: number): Promise<SegmentRound> =>
      readRound(sql, query, after, count);
    const isNarrow = query.customerIds !== undefined || query.subjects !== undefined;
    return mergeSegments(source, eventMatches(query), query, isNarrow ? ROUND_NARROW : ROUND);
  }

  async bodies(sql: Sql, seqs: readonly bigint[]): Promise<ReadonlyMap<bigint, string>> {
    const bodies = new Map<bigint, string>();
    for (let start = 0; start < seqs.length; start += LOOK_UP_MAX) {
      const wanted = new Set(seqs.slice(start, start + LOOK_UP_MAX));
      for (const row of await segmentsOf(sql, [...wanted])) {
        for (const { seq, body } of eventsOf(row)) if (wanted.has(seq)) bodies.set(seq, body);
      }
    }
    return bodies;
  }

  async estimate(sql: Sql, filter: HistoryFilter): Promise<number> {
    const conditions = segmentConditions(filter);
    // Whose events are asked for has hardly more than one in a segment.
    if (filter.customerIds !== undefined || filter.subjects !== undefined) {
      return countSegments(sql, conditions);
    }
    const { rows } = await sql.query<{
      'QUERY PLAN': readonly { Plan: { 'Plan Rows': number } }[];
    }>(
      `explain (format json) select 1 from history_segment s where ${String(conditions)}`,
      conditions.values,
    );
    const segments = rows[0]?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
    return Math.round(segments * (await eventsPerSegment(sql, filter)));
  }

  erase(database: Database, customerId: string): Promise<number> {
    return eraseHistory((work) => database.transaction(work), customerId);
  }
}

/** All columns of one statement: a segment is there once, whatever is joined in between. */
async function readRound(
  sql: Sql,
  query: HistoryQuery,
  after: HistoryPlace | undefined,
  count: number,
): Promise<SegmentRound> {
  const { order } = query;
  const conditions = reachingBeyond(segmentConditions(query), order, query.after);
  const time = order === 'asc' ? 's.min_time' : 's.max_time';
  if (after !== undefined) {
    const first = conditions.values.push(pgTime(after.timeMs));
    const sign = order === 'asc' ? '>' : '<';
    const place = `($${String(first)}::timestamptz, $?::bigint)`;
    conditions.add(`(${time}, s.first_seq) ${sign} ${place}`, after.seq);
  }
  const { rows } = await sql.query<ReadRow>(
    `select j.count as joins, s.* from history_joins j left join lateral (
       select s.first_seq, ${epochMs('s.min_time')} as min_ms, ${epochMs('s.max_time')} as max_ms,
         s.packing, s.bodies
       from history_segment s where ${String(conditions)}
       order by ${time} ${order}, s.first_seq ${order} limit ${String(count)}
     ) s on true`,
    conditions.values,
  );
  const segments = rows.flatMap((row) =>
    row.first_seq === null
      ? []
      : [
          {
            firstSeq: row.first_seq,
            minMs: row.min_ms,
            maxMs: row.max_ms,
            open: () => eventsOf(row),
          },
        ],
  );
  return { segments, joins: rows[0]?.joins ?? 0 };
}

/** Joined segments may overlap, but stay within their block. */
async function segmentsOf(sql: Sql, seqs: readonly bigint[]): Promise<ReadRow[]> {
  const { rows } = await sql.query<ReadRow>(
    `select distinct on (s.first_seq) s.first_seq, s.packing, s.bodies
     from unnest($1::bigint[]) as u (seq) join history_segment s on s.first_seq <= u.seq
       and s.first_seq > u.seq - ${String(SEQS_PER_BLOCK)} and s.last_seq >= u.seq`,
    [seqs],
  );
  return rows;
}

function eventsOf({ first_seq, packing, bodies }: ReadRow): HistoryEvent[] {
  return openSegment({ firstSeq: first_seq ?? 0n, packing, bodies });
}

async function countSegments(sql: Sql, conditions: Conditions): Promise<number> {
  const { rows } = await sql.query<{ n: number }>(
    `select count(*)::int as n from history_segment s where ${String(conditions)}`,
    conditions.values,
  );
  return rows[0]?.n ?? 0;
}

/** Of the newest ones, as if every type in one had the same share of it. */
async function eventsPerSegment(sql: Sql, { types }: HistoryFilter): Promise<number> {
  const { rows } = await sql.query<{ n: number | null }>(
    `select avg(s.events * case when $1::text[] is null then 1 else (
       select count(*)::float8 from unnest(s.types) as t where t = any($1::text[])
     ) / cardinality(s.types) end)::float8 as n
     from (
       select * from history_segment s where $1::text[] is null or s.types && $1::text[]
       order by max_time desc limit ${String(SAMPLE)}
     ) s`,
    [types ?? null],
  );
  return rows[0]?.n ?? 0;
}
