import { statement } from '../database/statement';

/** As many seqs as a segment may take: its number, times this, is the seq of its first event. */
export const SEQS_PER_SEGMENT = 4_096;

/** The bodies and the keys of all segments are one parameter each: lists of lists would be sent as text. */
const FRESH = `fresh as materialized (
     select nextval('history_seq') * ${String(SEQS_PER_SEGMENT)} as first_seq, u.*
     from rows from (unnest($1::int[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::int[],
       $6::int[], $7::boolean[], $8::int[], $9::int[])) with ordinality
       as u (events, min_time, max_time, types, keys_at, keys, is_small, at, length, n)
   ), added as (
     insert into history_segment (first_seq, last_seq, events, min_time, max_time, types, keys,
       is_small, packing, bodies)
     select first_seq, first_seq + events - 1, events, min_time, max_time, types::text[],
       ($10::int[])[keys_at : keys_at + keys - 1], is_small, 'snappy',
       substring($11::bytea from at for length)
     from fresh
   )`;

const FIRST_SEQS = 'select first_seq from fresh order by n';

/** Appends segments; answers the seqs of their first events, in their order. */
export const APPEND_SEGMENTS = statement('history_segments', `with ${FRESH} ${FIRST_SEQS}`);

/** The same, and the values that live rules look up by, by segment and event. */
export const APPEND_KEYED = statement(
  'history_segments_keyed',
  `with ${FRESH}, keyed as (
     insert into history_key (type, path, value_hash, time, seq)
     select k.type, k.path, k.hash, k.time, f.first_seq + k.event
     from unnest($12::int[], $13::int[], $14::text[], $15::text[], $16::bytea[], $17::timestamptz[])
       as k (segment, event, type, path, hash, time)
     join fresh f on f.n = k.segment
   ) ${FIRST_SEQS}`,
);

/** Beyond every seq given out so far. */
export const HISTORY_MARK = statement(
  'history_mark',
  `select (coalesce(pg_sequence_last_value('history_seq'), 0) + 1) * ${String(SEQS_PER_SEGMENT)} - 1`,
);

export const READ_TIME = statement(
  'position_read_time',
  `select (extract(epoch from read_time) * 1000)::float8 from stream_position
   where source = $1 and topic = $2 and partition = $3`,
);
