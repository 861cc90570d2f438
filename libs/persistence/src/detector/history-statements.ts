import { statement, type Statement } from '../database/statement';

/** Where the bodies of events come from: with the other columns, or out of the log. */
export type BodySource = 'given' | 'log';

const COLUMNS =
  'time, source, id, type, subject, customer_id, topic, partition, "offset", imported';

const ARRAYS = `$1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
     $7::text[], $8::int[], $9::bigint[], $10::boolean[]`;

const INSERTS: Readonly<Record<BodySource, string>> = {
  given: `insert into history (${COLUMNS}, body) select * from rows from (unnest(${ARRAYS}), json_array_elements_text($11::json))`,
  log: `insert into history (${COLUMNS}, body)
   select u.time, u.source, u.id, u.type, u.subject, u.customer_id, u.topic, u.partition, u."offset",
     u.imported, l.body
   from unnest(${ARRAYS}) with ordinality as u (${COLUMNS}, ord)
   join event_log l using (topic, partition, "offset")
   order by u.ord`,
};

/** Parameters before those of the keys. */
const WIDTHS: Readonly<Record<BodySource, number>> = { given: 11, log: 10 };

/** Appends events. */
function silent(from: BodySource): Statement {
  return statement(`history_silent_${from}`, INSERTS[from]);
}

/** Appends events; answers the seqs, in the order of the rows (they are given out in it). */
function plain(from: BodySource): Statement {
  return statement(`history_${from}`, `${INSERTS[from]} returning seq`);
}

/** The same, and the values that live rules look up by, found again by place. */
function keyed(from: BodySource): Statement {
  const [topic, partition, offset, path, hash] = [1, 2, 3, 4, 5].map((n) => `$${WIDTHS[from] + n}`);
  return statement(
    `history_keys_${from}`,
    `with added as (
       ${INSERTS[from]} returning topic, partition, "offset", type, time, seq
     ), keyed as (
       insert into history_key (type, path, value_hash, time, seq)
       select a.type, k.path, k.hash, a.time, a.seq
       from unnest(${topic}::text[], ${partition}::int[], ${offset}::bigint[], ${path}::text[],
         ${hash}::bytea[]) as k (topic, partition, "offset", path, hash)
       join added a using (topic, partition, "offset")
     )
     select seq from added order by seq`,
  );
}

export const APPEND_SILENTLY = { given: silent('given'), log: silent('log') } as const;
export const APPEND_HISTORY = { given: plain('given'), log: plain('log') } as const;
export const APPEND_KEYED = { given: keyed('given'), log: keyed('log') } as const;

export const HISTORY_MARK = statement(
  'history_mark',
  `select coalesce(pg_sequence_last_value(pg_get_serial_sequence('history', 'seq')::regclass), 0)`,
);

export const READ_TIME = statement(
  'position_read_time',
  `select (extract(epoch from read_time) * 1000)::float8 from stream_position
   where source = $1 and topic = $2 and partition = $3`,
);
