import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table job (
  id text primary key, action text not null, about text not null,
  state text not null check (state in ('running','done','cancelled')),
  total int not null check (total >= 0), done int not null default 0 check (done >= 0), note text,
  created_by text not null, created_at timestamptz not null default now(), ended_at timestamptz,
  cancelled_by text, revision int not null default 1,
  check ((state = 'running') = (ended_at is null))
);
-- what lets go what it held; null: it ended by itself
alter table hold add job_id text references job;
create index hold_until on hold (until) where state in ('activating','active') and until is not null;
`;

export class Jobs1764000000042 implements MigrationInterface {
  readonly name = 'Jobs1764000000042';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index hold_until; alter table hold drop job_id; drop table job');
  }
}
