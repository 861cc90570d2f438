import { statement } from '@amends/persistence';

/** Answers only the keys that were not known; waits for others that insert the same one. */
export const INSERT_SEEN = statement(
  'log_insert_seen',
  `insert into event_seen (key_hash, body_hash, received_at)
   select k, b, now() from unnest($1::bytea[], $2::bytea[]) as t (k, b) order by k
   on conflict (key_hash) do nothing returning key_hash`,
);

export const SELECT_SEEN = statement(
  'log_select_seen',
  'select key_hash, body_hash from event_seen where key_hash = any ($1::bytea[])',
);

/**
 * Takes the next offsets. The row stays locked to the end of the transaction, so offsets are in
 * commit order: a reader never sees a higher one before a lower one.
 */
export const TAKE_OFFSETS = statement(
  'log_take_offsets',
  `insert into log_head (topic, partition, next_offset)
   select t, p, n from unnest($1::text[], $2::int[], $3::bigint[]) as u (t, p, n) order by t, p
   on conflict (topic, partition)
     do update set next_offset = log_head.next_offset + excluded.next_offset
   returning topic, partition, next_offset`,
);

/** The arrival time is the database's clock under the lock of `TAKE_OFFSETS`. */
export const INSERT_LOG = statement(
  'log_insert',
  `with clock as materialized (select clock_timestamp() as at)
   insert into event_log (topic, partition, "offset", received_at, history, body)
   select t, p, o, clock.at, h, b
   from clock, rows from (unnest($1::text[], $2::int[], $3::bigint[], $4::bool[]),
     json_array_elements_text($5::json)) as u (t, p, o, h, b)`,
);

export const READ_LOG = statement(
  'log_read',
  `select p.topic, p.partition, e."offset", e.history, e.body
   from unnest($1::text[], $2::int[], $3::bigint[]) as p (topic, partition, start)
   cross join lateral (
     select "offset", history, body from event_log
     where topic = p.topic and partition = p.partition and "offset" >= p.start
     order by "offset" limit $4
   ) e`,
);

export const SELECT_HEADS = statement(
  'log_heads',
  'select topic, partition, next_offset from log_head where topic = any ($1::text[])',
);
