import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is sent again on the same day counts once in the ceilings of that day. */
export class CountedAttempts1764000000064 implements MigrationInterface {
  readonly name = 'CountedAttempts1764000000064';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `-- the day (UTC) in whose ceilings it counts; null: in none
       alter table payment_attempt add column counted_on date`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table payment_attempt drop column counted_on');
  }
}
