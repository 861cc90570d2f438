import { ERASED_TYPE, erasedEvent, type Sql } from '@amends/application';
import type { Json } from '@amends/domain';
import { pgTime } from '../database/pg-time';
import { textArray } from '../database/pg-array';
import { JOIN_LOCK } from '../upkeep/only-one';
import { openSegment } from './open-segment';
import { packSegment } from './pack-segment';
import { segmentConditions } from './segment-conditions';
import type { SegmentEvent } from './segment-event';

interface Row {
  readonly first_seq: bigint;
  readonly packing: string;
  readonly bodies: Buffer;
}

const SEGMENTS = 50;

/**
 * Replaces a customer's events in history, some segments per transaction: seqs, places and times stay, since marks,
 * cursors and counts name them. Answers how many events.
 */
export async function eraseHistory(
  transaction: <T>(work: (sql: Sql) => Promise<T>) => Promise<T>,
  customerId: string,
): Promise<number> {
  let total = 0;
  // Until a whole round finds nothing: segments that were joined meanwhile may stand before where the round was.
  for (let found = 1; found > 0;) {
    found = 0;
    for (let after: bigint | undefined = -1n; after !== undefined;) {
      const from: bigint = after;
      const done = await transaction((sql) => eraseSome(sql, customerId, from));
      found += done.count;
      after = done.last;
    }
    total += found;
  }
  return total;
}

async function eraseSome(sql: Sql, customerId: string, after: bigint) {
  // Nobody joins segments meanwhile.
  await sql.query('select pg_advisory_xact_lock($1)', [JOIN_LOCK]);
  const conditions = segmentConditions({ customerIds: [customerId] });
  conditions.add('s.first_seq > $?::bigint', after);
  const { rows } = await sql.query<Row>(
    `select s.first_seq, s.packing, s.bodies from history_segment s where ${String(conditions)}
     order by s.first_seq limit ${String(SEGMENTS)}`,
    conditions.values,
  );
  let count = 0;
  for (const row of rows) count += await eraseOne(sql, customerId, row);
  return { count, last: rows.length < SEGMENTS ? undefined : rows.at(-1)?.first_seq };
}

async function eraseOne(sql: Sql, customerId: string, row: Row): Promise<number> {
  const events = openSegment({ ...row, firstSeq: row.first_seq });
  const gone = new Set(events.filter(({ body }) => isOf(customerId, body)));
  if (gone.size === 0) return 0;
  const kept = events.map((event) => (gone.has(event) ? erased(event) : event));
  const seqs = events.map(({ seq }) => seq);
  const { minMs, maxMs, types, bytes } = await packSegment(kept, seqs);
  await sql.query(
    `update history_segment set min_time = $2, max_time = $3, types = $4, packing = 'snappy',
       bodies = $5 where first_seq = $1`,
    [row.first_seq, pgTime(minMs), pgTime(maxMs), textArray(types), bytes],
  );
  await sql.query('delete from history_key where seq = any($1)', [[...gone].map(({ seq }) => seq)]);
  return gone.size;
}

function isOf(customerId: string, body: string): boolean {
  // Finding a text is far quicker than parsing; one with escapes may spell it otherwise.
  if (!body.includes(JSON.stringify(customerId)) && !body.includes('\\')) return false;
  return (JSON.parse(body) as { readonly customerid?: unknown }).customerid === customerId;
}

function erased(event: SegmentEvent): SegmentEvent {
  const { time } = JSON.parse(event.body) as { readonly time?: Json };
  return { ...event, type: ERASED_TYPE, body: JSON.stringify(erasedEvent(time)) };
}
