import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
alter table approval
  -- a change that waits for a second person: of a rollout, a budget, or the release of a hold
  add kind text check (kind in ('rollout.set', 'budget.change', 'hold.release', 'settings.change')), add about text,
  add change jsonb, add used_at timestamptz,
  -- who wrote what goes live
  add authors text[] not null default '{}',
  -- over the second threshold: the first yes, of two different people
  add needs_second boolean not null default false, add first_by text, add first_at timestamptz,
  add first_minor bigint,
  add escalated_at timestamptz,
  drop constraint approval_check1,
  add check (case
    when about is not null then kind is not null and change is not null
      and compensation_id is null and incident_id is null
    when compensation_id is null then incident_id is not null and amount_minor is null
    else amount_minor is not null and currency is not null end),
  add constraint approval_second check (first_by is null
    or (first_by <> requested_by and (state <> 'approved' or first_by <> decided_by))),
  add constraint approval_two check (state <> 'approved' or not needs_second or first_by is not null),
  add constraint approval_author check (state <> 'approved' or not decided_by = any(authors));
create unique index approval_one_change on approval (about, content_hash, requested_by)
  where state = 'open' and about is not null;
create index approval_of_change on approval (about, content_hash) where about is not null;
create index approval_open_since on approval (requested_at) where state = 'open';
`;

export class SecondPerson1764000000043 implements MigrationInterface {
  readonly name = 'SecondPerson1764000000043';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `delete from approval where about is not null;
       alter table approval drop kind, drop about, drop change, drop used_at, drop authors,
         drop needs_second, drop first_by, drop first_at, drop first_minor, drop escalated_at,
         add constraint approval_check1 check (case when compensation_id is null
           then incident_id is not null and amount_minor is null
           else amount_minor is not null and currency is not null end);
       drop index approval_open_since`,
    );
  }
}
