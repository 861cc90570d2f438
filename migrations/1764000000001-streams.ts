import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table stream_position (
  source text not null, topic text not null, partition int not null,
  next_offset bigint not null, epoch bigint not null default 0, owner text,
  -- the furthest event time read: the stream clock of this partition
  read_time timestamptz, updated_at timestamptz not null default now(),
  -- why nobody may read on from here until a person has set the position; null: reading goes on
  stopped text,
  primary key (source, topic, partition)
) with (fillfactor = 50);

-- who shares the partitions of the log; a member not seen for some seconds is gone
create table stream_member (
  source text not null, member text not null, seen_at timestamptz not null,
  primary key (source, member)
) with (fillfactor = 50);

create table log_head (
  topic text not null, partition int not null, next_offset bigint not null default 0,
  primary key (topic, partition)
) with (fillfactor = 50);

create table event_log (
  topic text not null, partition int not null, "offset" bigint not null,
  received_at timestamptz not null, history boolean not null default false, body text not null,
  primary key (topic, partition, "offset")
);

-- what the door knows: (source, id) by hash, and the body's hash (RULES.md, semantics 2)
create table event_seen (
  key_hash bytea primary key, body_hash bytea not null, received_at timestamptz not null
);
create index event_seen_age on event_seen (received_at);

create table detect_state (
  rule_no int not null, lane smallint not null, key text not null,
  state text not null, revision int not null default 1,
  -- fire_at of this slot's row in timer, so that a batch need not look there; null: there is none
  fire_at timestamptz,
  -- kept for late arrivals until this instant of the clock, then swept; null while anything is open
  sweep_after timestamptz,
  primary key (rule_no, lane, key)
) with (fillfactor = 70);

-- which topics must have been read for a timer to fire (DESIGN.md, The clock)
create table clock_group (
  id smallint generated always as identity primary key, topics text[] not null unique
);
create table topic_clock (topic text primary key, read_through timestamptz not null);

create table timer (
  clock_group smallint not null, shard smallint not null, fire_at timestamptz not null,
  rule_no int not null, lane smallint not null, key text not null,
  primary key (rule_no, lane, key)
);
create index timer_due on timer (clock_group, fire_at);

create table history (
  seq bigint generated always as identity, time timestamptz not null,
  source text not null, id text not null, type text not null,
  subject text, customer_id text, topic text not null, partition int not null, "offset" bigint not null,
  imported boolean not null default false, arrived_at timestamptz not null default now(), body text not null
) partition by range (time);
create index history_customer on history (customer_id, time);
create index history_type on history (type, time);
create index history_subject on history (subject, time) where subject is not null;
create table history_default partition of history default;

-- only for what live rules name (skip_if same, for_each equality), and kept in step by the detector
create table history_key (
  type text not null, path text not null, value_hash bytea not null,
  time timestamptz not null, seq bigint not null
);
create index history_key_lookup on history_key (type, path, value_hash, time);
create table history_key_path (
  type text not null, path text not null, filled_back_at timestamptz, primary key (type, path)
);

-- one trigger of a rule with for_each: paged through newest first, by the worker
create table fanout (
  id bigint generated always as identity primary key, rule_no int not null, lane smallint not null,
  version int not null, trigger_ref text not null, trigger_body text not null, key text not null,
  at timestamptz not null, since timestamptz not null, until timestamptz not null,
  -- what was found is as of this instant of the clock
  clock timestamptz not null,
  -- stream clock only: what history had been read at the trigger
  history_mark bigint,
  cursor_time timestamptz, cursor_seq bigint,
  -- paged: history is done, arrivals are still taken until the clock has passed until
  paged boolean not null default false, done boolean not null default false,
  created_at timestamptz not null default now(),
  unique (rule_no, lane, key, trigger_ref)
);
create index fanout_open on fanout (id) where not done;

create table quarantine (
  id text primary key, source text not null, topic text not null, partition int not null, "offset" bigint not null,
  rule_id text not null default '', reason text not null, detail text not null,
  event_source text, event_id text, event_type text, customer_id text, payload bytea not null,
  state text not null default 'open' check (state in ('open', 'replayed', 'discarded')),
  created_at timestamptz not null default now(), resolved_at timestamptz, resolved_by text,
  unique (source, topic, partition, "offset", rule_id)
);
create index quarantine_list on quarantine (created_at desc, id desc);
`;

export class Streams1764000000001 implements MigrationInterface {
  readonly name = 'Streams1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table quarantine, history_key, history, timer, clock_group, topic_clock, detect_state, fanout, event_seen, event_log, log_head, stream_member, stream_position cascade`,
    );
  }
}
