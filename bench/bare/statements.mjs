// The statements of the bare loops, each prepared once per connection.
import { libraryFile } from '../lib/dist.mjs';

/** As the detector has it; see there for why it may. */
export const BEGIN = 'begin';
export const BEGIN_LAZY = 'begin; set local synchronous_commit = off';

export const PARTITIONS = `select topic, partition from log_head order by topic, partition`;

export const START_POSITIONS = `insert into stream_position (source, topic, partition, next_offset)
  select 'bare', t, p, 0 from unnest($1::text[], $2::int[]) as u (t, p)`;

export const READ = {
  name: 'read',
  text: `select "offset", body from event_log
    where topic = $1 and partition = $2 and "offset" >= $3 order by "offset" limit $4`,
};

export const MOVE = {
  name: 'move',
  text: `update stream_position set next_offset = $4, updated_at = now()
    where source = 'bare' and topic = $1 and partition = $2 and next_offset = $3`,
};

export const GET_STATES = {
  name: 'get_states',
  text: `select key, state from detect_state
    where rule_no = $1 and lane = 0 and key = any($2::text[]) order by key for update`,
};

export const PUT_STATES = {
  name: 'put_states',
  text: `insert into detect_state (rule_no, lane, key, state)
    select r, 0, k, s from unnest($1::int[], $2::text[], $3::text[]) as u (r, k, s)
    on conflict (rule_no, lane, key)
      do update set state = excluded.state, revision = detect_state.revision + 1`,
};

export const PUT_TIMERS = {
  name: 'put_timers',
  text: `insert into timer (clock_group, shard, fire_at, rule_no, lane, key)
    select 1, 0, f, 2, 0, k from unnest($1::text[], $2::timestamptz[]) as u (k, f)`,
};

export const DROP_TIMERS = {
  name: 'drop_timers',
  text: `delete from timer where rule_no = 2 and lane = 0 and key = any($1::text[])`,
};

export const TAKE_TIMERS = {
  name: 'take_timers',
  text: `delete from timer where (rule_no, lane, key) in (
      select rule_no, lane, key from timer where clock_group = 1 and fire_at <= now()
      order by fire_at limit $1 for update skip locked)
    returning key`,
};

export const PUT_INCIDENTS = {
  name: 'put_incidents',
  text: `insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence,
      customer_id, state, event_time, detected_at, closed_at, event, vars, facts, evidence)
    select i, r, 1, 0, 'data.key', k, o, c, 'paying', t, now(), x, e, '{}', '{}', v
    from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[],
      $7::timestamptz[], $8::jsonb[], $9::jsonb[]) as u (i, r, k, o, c, t, x, e, v)
    on conflict (rule_id, lane, key, occurrence) do nothing`,
};

/** The detector's own: the same segments, whatever they cost. */
export const { APPEND_SEGMENTS: PUT_HISTORY } = libraryFile(
  'persistence',
  'detector/history-statements',
);
