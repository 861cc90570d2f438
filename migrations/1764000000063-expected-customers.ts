import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What was played for guardrails tells of customers, too: a rollout shows what is to be expected. */
export class ExpectedCustomers1764000000063 implements MigrationInterface {
  readonly name = 'ExpectedCustomers1764000000063';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `-- summed over the days that are covered; null: played before anybody counted them
       alter table guardrail_expectation add column customer_days int`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table guardrail_expectation drop column customer_days');
  }
}
