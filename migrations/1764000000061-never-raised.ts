import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table approval add constraint approval_never_raised
  check (state <> 'approved' or first_minor is null or amount_minor <= first_minor);
`;

/** The second of two people lets go no more than the first said yes to. */
export class NeverRaised1764000000061 implements MigrationInterface {
  readonly name = 'NeverRaised1764000000061';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table approval drop constraint approval_never_raised');
  }
}
