import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table incident (
  id text primary key,
  rule_id text not null references rule, rule_version int not null, lane smallint not null,
  key_path text not null, key text not null, occurrence text not null,
  customer_id text not null,
  state text not null check (state in ('shadow','held_out','skipped','review','held','paying','paid',
    'apologised','failed','reversed','dismissed','refuted')),
  event_time timestamptz not null, detected_at timestamptz not null, closed_at timestamptz,
  refuted_at timestamptz,
  -- the event plain paths speak of, and what facts, amount and message are made from
  event jsonb not null, vars jsonb not null, facts jsonb not null, evidence jsonb not null,
  why jsonb not null default '[]', amount_minor bigint, currency char(3),
  revision int not null default 1, updated_at timestamptz not null default now(),
  unique (rule_id, lane, key, occurrence)
);
create index incident_list on incident (detected_at desc, id desc);
create index incident_customer on incident (customer_id, detected_at desc, id desc);
create index incident_rule on incident (rule_id, detected_at desc, id desc);
create index incident_key on incident (key, detected_at desc, id desc);
-- a span of event time, and nothing else
create index incident_time on incident (event_time);

create table decision_queue (
  id bigint generated always as identity primary key,
  incident_id text not null references incident, kind text not null check (kind in ('decide','refute')),
  -- 0: the incident as a whole; from 1: one accrual unit (settle: each)
  unit int not null default 0,
  -- settle: end, how many units are owed
  units int, at timestamptz not null, clock timestamptz not null,
  -- stream clock only: what history had been read when the incident was found
  history_mark bigint, shard smallint not null, customer_id text not null,
  attempts int not null default 0, not_before timestamptz not null default now(), last_error text,
  created_at timestamptz not null default now(),
  unique (incident_id, kind, unit)
);
create index decision_queue_order on decision_queue (shard, id);
`;

export class Incidents1764000000003 implements MigrationInterface {
  readonly name = 'Incidents1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table decision_queue, incident cascade`);
  }
}
