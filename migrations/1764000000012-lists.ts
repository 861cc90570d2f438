import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- states that few rows are in for long; the usual way (paying, paid; queued, sent) writes none of it
create index incident_unusual on incident (state, detected_at desc, id desc)
  where state not in ('paying', 'paid', 'shadow', 'held_out');
create index message_unusual on message (state, created_at desc, id desc)
  where state in ('held', 'failed');
create index message_incident on message (incident_id);
create index message_channel on message (channel, created_at desc, id desc);
create index compensation_rule on compensation (rule_id, created_at desc, id desc);
create index compensation_order on compensation (order_id) where order_id is not null;
create index approval_compensation on approval (compensation_id);
create index audit_actor on audit (actor_id, seq desc);
create index audit_action on audit (action, seq desc);
create index audit_request on audit (request_id) where request_id is not null;
create index audit_at on audit (at);
`;

/** Every filter of a long list is served by an index. */
export class Lists1764000000012 implements MigrationInterface {
  readonly name = 'Lists1764000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop index incident_unusual, message_unusual, message_incident, message_channel,
         compensation_rule, compensation_order, approval_compensation, audit_actor, audit_action,
         audit_request, audit_at`,
    );
  }
}
