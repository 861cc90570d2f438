import { statement } from '../database/statement';

const ROWS = `unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
     $7::text[], $8::int[], $9::bigint[], $10::boolean[], $11::text[])`;

const INSERT = `insert into history (time, source, id, type, subject, customer_id, topic, partition,
     "offset", imported, body)
   select * from ${ROWS}`;

export const APPEND_HISTORY = statement('history_append', INSERT);

/** Answers the seqs, in the order of the rows (they are given out in it). */
export const APPEND_HISTORY_SEQS = statement('history_append_seqs', `${INSERT} returning seq`);

/** The same, and the values that live rules look up by, found again by place. */
const WITH_KEYS = `with added as (
     ${INSERT} returning topic, partition, "offset", type, time, seq
   ), keyed as (
     insert into history_key (type, path, value_hash, time, seq)
     select a.type, k.path, k.hash, a.time, a.seq
     from unnest($12::text[], $13::int[], $14::bigint[], $15::text[], $16::bytea[])
       as k (topic, partition, "offset", path, hash)
     join added a using (topic, partition, "offset")
   )`;

export const APPEND_HISTORY_KEYS = statement(
  'history_append_keys',
  `${WITH_KEYS} select 1 where false`,
);

export const APPEND_HISTORY_KEYS_SEQS = statement(
  'history_append_keys_seqs',
  `${WITH_KEYS} select seq from added order by seq`,
);

export const HISTORY_MARK = statement(
  'history_mark',
  `select coalesce(pg_sequence_last_value(pg_get_serial_sequence('history', 'seq')::regclass), 0)`,
);

export const READ_TIME = statement(
  'position_read_time',
  `select (extract(epoch from read_time) * 1000)::float8 from stream_position
   where source = $1 and topic = $2 and partition = $3`,
);
