import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table customer (
  id text primary key, email text, name text, locale text, time_zone text, currency char(3),
  blocked_channels text[] not null default '{}', tags text[] not null default '{}', blocked boolean not null default false,
  event_time timestamptz, revision int not null default 1, updated_at timestamptz not null default now()
);

create table message (
  id text primary key, dedupe_key text not null unique, customer_id text not null,
  compensation_id text references compensation, incident_id text references incident,
  -- channels in the order they are tried; the one it went (or is going) by
  template_id text not null, channels text[] not null default '{email}', channel text not null, urgent boolean not null default false, locale text, template_version int,
  state text not null check (state in ('queued','held','sending','sent','failed')), held_by text,
  promised_minor bigint, promised_currency char(3), subject text, text text, html text,
  attempts jsonb not null default '[]', sends int not null default 0,
  not_before timestamptz not null default now(), lease_until timestamptz,
  created_at timestamptz not null default now(), sent_at timestamptz, revision int not null default 1
);
create index message_due on message (not_before, id) where state in ('queued','sending','held');
create index message_held on message (held_by, id) where state = 'held';
create index message_list on message (created_at desc, id desc);
create index message_customer on message (customer_id, created_at desc, id desc);
create index message_compensation on message (compensation_id);
`;

export class People1764000000005 implements MigrationInterface {
  readonly name = 'People1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table message, customer cascade`);
  }
}
