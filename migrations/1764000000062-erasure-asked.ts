import type { MigrationInterface, QueryRunner } from 'typeorm';

const kinds = (...more: readonly string[]) => `
alter table approval drop constraint approval_kind_check,
  add constraint approval_kind_check check (kind in ('rollout.set', 'budget.change', 'hold.release',
    'settings.change', 'compensation.reverse'${more.map((kind) => `, '${kind}'`).join('')}));
`;

/** Erasing a customer may wait for a second person; asked for once. */
export class ErasureAsked1764000000062 implements MigrationInterface {
  readonly name = 'ErasureAsked1764000000062';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(kinds('customer.erase'));
    await runner.query(
      `create unique index approval_one_erasure on approval (about)
         where state = 'open' and kind = 'customer.erase'`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop index approval_one_erasure;
      delete from approval where kind = 'customer.erase'`);
    await runner.query(kinds());
  }
}
