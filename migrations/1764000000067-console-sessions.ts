import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- What a browser is signed in with, under the SHA-256 of its secret: it stands for an API key, whose role and end are
-- looked up each time, or for a person as the token said it, until that token's end.
create table console_session (
  token_hash bytea primary key check (length(token_hash) = 32),
  api_key_id text references api_key (id),
  user_id text,
  user_role text check (user_role in ('viewer','editor','approver','manager','admin','ingest')),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz,
  check ((api_key_id is null) <> (user_id is null)),
  check ((user_id is null) = (user_role is null)),
  check (expires_at > created_at and expires_at <= created_at + interval '8 hours')
);
create index console_session_end on console_session (expires_at);
`;

/** Browsers sign in once, and bring a cookie from then on. */
export class ConsoleSessions1764000000067 implements MigrationInterface {
  readonly name = 'ConsoleSessions1764000000067';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table console_session');
  }
}
