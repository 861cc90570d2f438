import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- What a person wrote as a reason may hold anything; a guardrail's reason are its figures.
create function tell_notice() returns trigger language plpgsql as $$
begin
  insert into outbox (shard, topic, type, subject, customer_id, event_id, data)
  select outbox_shard(''), 'amends.notices', 'amends.' || n.kind, n.about, '', n.id,
    json_build_object('id', n.id, 'about', n.about, 'kind', n.kind, 'detail',
      case n.kind when 'guardrail.tripped' then n.detail else n.detail - 'reason' end)
  from new_rows n;
  return null;
end $$;
create trigger notice_inserted after insert on notice referencing new table as new_rows
  for each statement when (current_setting('amends.outbox', true) = 'on')
  execute function tell_notice();

-- what a rule with guardrails would have done before it went live: until it has weeks of its own
create table guardrail_expectation (
  rule_id text not null, version int not null,
  covers_from timestamptz not null, covers_to timestamptz not null,
  hours jsonb not null, made_at timestamptz not null default now(),
  primary key (rule_id, version), foreign key (rule_id, version) references rule_version
);
`;

/** What people have to know is told to Kafka, too; and what guardrails expect of a young rule. */
export class NoticesTold1764000000051 implements MigrationInterface {
  readonly name = 'NoticesTold1764000000051';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table guardrail_expectation; drop function tell_notice cascade');
  }
}
