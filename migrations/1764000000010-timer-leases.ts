import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create table timer_lease (
  shard smallint primary key, owner text not null default '', until timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into timer_lease (shard) select generate_series(0, 15);
update timer set shard = shard & 15;
-- the shard beside the due time, so that the timers of others are passed over without a look at their rows
drop index timer_due;
create index timer_due on timer (clock_group, fire_at) include (shard);
`;

const DOWN = `
drop table timer_lease;
drop index timer_due;
create index timer_due on timer (clock_group, fire_at);
`;

/** Detectors share the timers out among themselves, instead of all reaching for the same ones. */
export class TimerLeases1764000000010 implements MigrationInterface {
  readonly name = 'TimerLeases1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
