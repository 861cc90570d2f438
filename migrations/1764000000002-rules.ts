import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table rule (
  id text primary key, no int generated always as identity unique,
  latest_version int not null, managed_by text not null default 'api',
  refuted_count bigint not null default 0,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now()
);
create table rule_version (
  rule_id text not null references rule, version int not null,
  -- json and not jsonb: facts may use earlier ones, so the order of keys is part of the document
  document json not null, document_hash text not null, title text not null, labels jsonb not null default '{}',
  author text not null, created_at timestamptz not null default now(),
  primary key (rule_id, version)
);
create table rule_rollout (
  rule_id text primary key references rule, revision int not null default 0,
  live_version int, live_percent int check (live_percent between 0 and 100), live_since timestamptz,
  shadow_version int, shadow_since timestamptz, guardrails jsonb, note text,
  updated_by text, updated_at timestamptz not null default now(),
  check ((live_version is null) = (live_percent is null))
);
-- every version that ever ran in a lane: what opened under version n ends under version n
create table rule_run (
  rule_id text not null references rule, lane smallint not null, version int not null,
  since timestamptz not null default now(), drained boolean not null default false,
  primary key (rule_id, lane, version)
);
-- bumped in the transaction of every change the evaluator must see
create table rule_set (single boolean primary key default true check (single), generation bigint not null);
insert into rule_set values (true, 1);

create table undecidable (
  rule_id text not null, path text not null, n bigint not null, last_at timestamptz not null,
  primary key (rule_id, path)
);

create table template (
  id text primary key, latest_version int not null, created_at timestamptz not null default now()
);
create table template_version (
  template_id text not null references template, version int not null, document jsonb not null,
  author text not null, created_at timestamptz not null default now(), primary key (template_id, version)
);
create table calendar (
  id text primary key, latest_version int not null, created_at timestamptz not null default now()
);
create table calendar_version (
  calendar_id text not null references calendar, version int not null, document jsonb not null,
  author text not null, created_at timestamptz not null default now(), primary key (calendar_id, version)
);
`;

export class Rules1764000000002 implements MigrationInterface {
  readonly name = 'Rules1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table undecidable, rule_set, rule_rollout, rule_run, rule_version, rule, template_version, template, calendar_version, calendar cascade`,
    );
  }
}
