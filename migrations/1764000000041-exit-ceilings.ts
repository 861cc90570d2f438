import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- what has left on a day (UTC), by currency and by brand ('': all brands): one guarded row each
create table exit_day (
  day date not null, brand text not null, currency char(3) not null,
  moved_minor bigint not null default 0 check (moved_minor >= 0), primary key (day, brand, currency)
);

-- what people are told, once for each occasion
create table notice (
  id text primary key, occasion text not null unique, kind text not null, about text not null,
  detail jsonb not null default '{}', created_at timestamptz not null default now()
);
create index notice_list on notice (created_at desc, id desc);

-- what an agent has given of late without asking: a sum that is split is judged like the sum
create index compensation_by_hand on compensation (proposed_by, customer_id, created_at) where rule_id is null;
`;

export class ExitCeilings1764000000041 implements MigrationInterface {
  readonly name = 'ExitCeilings1764000000041';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index compensation_by_hand; drop table notice, exit_day');
  }
}
