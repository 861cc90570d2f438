import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- '': of all brands that have none of their own in this currency
alter table budget add brand text not null default '';
alter table budget drop constraint budget_currency_key;
alter table budget add constraint budget_one_each unique (currency, brand);
`;

/** A brand may have a budget of its own. */
export class BrandBudgets1764000000057 implements MigrationInterface {
  readonly name = 'BrandBudgets1764000000057';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `update compensation c set budget_id = null from budget b where b.id = c.budget_id and b.brand <> '';
       delete from budget where brand <> '';
       alter table budget drop constraint budget_one_each;
       alter table budget add constraint budget_currency_key unique (currency);
       alter table budget drop column brand`,
    );
  }
}
