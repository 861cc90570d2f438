import { epochMs } from '../database/pg-time';
import { statement } from '../database/statement';

const FOUND = `s.rule_no, s.lane, s.key, s.state, s.revision, ${epochMs('s.fire_at')}`;

const READ = `select ${FOUND}
   from unnest($1::int[], $2::smallint[], $3::text[]) with ordinality as u (rule_no, lane, key, ord)
   join detect_state s using (rule_no, lane, key)`;

/** Each slot looked up by itself. */
export const READ_SLOTS = statement('slots_read', READ);

/**
 * Slots of few rules: the keys of each rule from ($3) to ($4) in one walk along the index, which of keys that lie close
 * together takes a third of the time. With a key or two a rule it takes twice as much.
 */
export const READ_RULES = statement(
  'slots_read_rules',
  `select ${FOUND}
   from unnest($1::int[], $2::smallint[], $3::int[], $4::int[]) as g (rule_no, lane, first, last)
   cross join lateral (
     select * from detect_state
     where rule_no = g.rule_no and lane = g.lane and key = any (($5::text[])[g.first : g.last])
   ) s`,
);

/** In the order given, which is that of the key: two processes never wait for each other crosswise. */
export const LOCK_SLOTS = statement('slots_lock', `${READ} order by u.ord for update of s`);

/**
 * Fails with 23505 where somebody else inserted the row meanwhile: seldom, and `on conflict` would cost every row
 * a quarter more.
 */
export const INSERT_SLOTS = statement(
  'slots_insert',
  `insert into detect_state (rule_no, lane, key, state, fire_at, sweep_after)
   select * from unnest($1::int[], $2::smallint[], $3::text[], $4::text[], $5::timestamptz[],
     $6::timestamptz[])`,
);

export const UPDATE_SLOTS = statement(
  'slots_update',
  `update detect_state s
   set state = u.state, fire_at = u.fire_at, sweep_after = u.sweep_after, revision = s.revision + 1
   from unnest($1::int[], $2::smallint[], $3::text[], $4::text[], $5::timestamptz[],
     $6::timestamptz[], $7::int[]) as u (rule_no, lane, key, state, fire_at, sweep_after, revision)
   where s.rule_no = u.rule_no and s.lane = u.lane and s.key = u.key and s.revision = u.revision`,
);

export const DELETE_SLOTS = statement(
  'slots_delete',
  `delete from detect_state s
   using unnest($1::int[], $2::smallint[], $3::text[], $4::int[]) as u (rule_no, lane, key, revision)
   where s.rule_no = u.rule_no and s.lane = u.lane and s.key = u.key and s.revision = u.revision`,
);

const INSERT_TIMER = `insert into timer (rule_no, lane, key, fire_at, clock_group, shard)
   select * from unnest($1::int[], $2::smallint[], $3::text[], $4::timestamptz[], $5::smallint[],
     $6::smallint[])`;

/** Of slots that have none, as far as their states tell; 23505 where one was left over. */
export const INSERT_TIMERS = statement('timers_insert', INSERT_TIMER);

export const UPSERT_TIMERS = statement(
  'timers_upsert',
  `${INSERT_TIMER}
   on conflict (rule_no, lane, key) do update
     set fire_at = excluded.fire_at, clock_group = excluded.clock_group`,
);

export const DELETE_TIMERS = statement(
  'timers_delete',
  `delete from timer t using unnest($1::int[], $2::smallint[], $3::text[]) as u (rule_no, lane, key)
   where t.rule_no = u.rule_no and t.lane = u.lane and t.key = u.key`,
);

/** Every clock group, since under the stream clock there is one clock. */
export const TIMERS_BEFORE = statement(
  'timers_before',
  `select t.rule_no, t.lane, t.key, ${epochMs('t.fire_at')}
   from clock_group g cross join lateral (
     select * from timer where clock_group = g.id and fire_at < $1::timestamptz
     order by fire_at fetch first $2 rows with ties
   ) t
   order by t.fire_at fetch first $2 rows with ties`,
);

const DUE = `select s.rule_no, s.lane, s.key, s.state, s.revision, ${epochMs('t.fire_at')}
   from (
     select rule_no, lane, key, fire_at from timer
     where clock_group = $1 and fire_at <= $2::timestamptz
       and fire_at >= coalesce($3::timestamptz, '-infinity') and shard = any ($5::smallint[])
     order by fire_at limit $4
   ) t
   join detect_state s using (rule_no, lane, key)`;

export const READ_DUE = statement('timers_due', DUE);

/**
 * Locks the states, not the timers: that is the order of a batch. What a batch holds is left to the next
 * round instead of waited for.
 */
export const CLAIM_DUE = statement('timers_claim', `${DUE} for update of s skip locked`);

export const GENERATION_AND_NOW = statement(
  'generation_now',
  `select generation, ${epochMs('clock_timestamp()')} from rule_set`,
);
