import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table api_key (
  id text primary key, prefix text not null unique, secret_hash bytea not null, name text not null, role text not null
    check (role in ('viewer','editor','approver','manager','admin','ingest')),
  created_by text not null, created_at timestamptz not null default now(),
  expires_at timestamptz, revoked_at timestamptz, last_used_at timestamptz
);
create table audit (
  seq bigint generated always as identity primary key, at timestamptz not null default now(),
  actor_kind text not null, actor_id text not null, action text not null, object text not null,
  before jsonb, after jsonb, reason text, request_id text
);
create index audit_object on audit (object, seq desc);
create function audit_is_append_only() returns trigger language plpgsql as $$
begin raise exception 'audit is append only'; end $$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function audit_is_append_only();

create table idempotency (
  key text not null, actor text not null, request_hash text not null, status int, headers jsonb, body text,
  -- should the process die before it can keep its answer, the audit row says whether the change was made
  request_id text not null, audit_mark bigint not null,
  created_at timestamptz not null default now(), primary key (actor, key)
);
create index idempotency_age on idempotency (created_at);

create table settings (single boolean primary key default true check (single), document jsonb not null, revision int not null default 1,
  updated_by text, updated_at timestamptz not null default now());
insert into settings (document) values ('{}');
`;

export class Access1764000000006 implements MigrationInterface {
  readonly name = 'Access1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table settings, idempotency, audit, api_key cascade; drop function audit_is_append_only`,
    );
  }
}
