import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table approval
  drop constraint approval_kind_check,
  add constraint approval_kind_check check (kind in
    ('rollout.set', 'budget.change', 'hold.release', 'settings.change', 'compensation.reverse')),
  drop constraint approval_check1,
  add constraint approval_check1 check (case
    -- what was paid, taken back by two people
    when kind = 'compensation.reverse' then compensation_id is not null and change is not null
      and about is null and amount_minor is not null and currency is not null
    when about is not null then kind is not null and change is not null
      and compensation_id is null and incident_id is null
    when compensation_id is null then incident_id is not null and amount_minor is null
    else kind is null and amount_minor is not null and currency is not null end);
`;

const DOWN = `
delete from approval where kind = 'compensation.reverse';
alter table approval
  drop constraint approval_kind_check,
  add constraint approval_kind_check check (kind in
    ('rollout.set', 'budget.change', 'hold.release', 'settings.change')),
  drop constraint approval_check1,
  add constraint approval_check1 check (case
    when about is not null then kind is not null and change is not null
      and compensation_id is null and incident_id is null
    when compensation_id is null then incident_id is not null and amount_minor is null
    else amount_minor is not null and currency is not null end);
`;

/** A reversal may wait for a second person. */
export class ReversalAsked1764000000060 implements MigrationInterface {
  readonly name = 'ReversalAsked1764000000060';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
