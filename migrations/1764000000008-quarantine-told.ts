import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Base64 makes four bytes of three, and a broker takes a megabyte: what is larger is read by REST. */
const PAYLOAD_BYTES_MAX = 300_000;

const UP = `
create function tell_quarantine() returns trigger language plpgsql as $$
begin
  insert into outbox (shard, topic, type, subject, customer_id, event_id, data)
  select outbox_shard(coalesce(n.customer_id, '')), 'amends.quarantine',
    'amends.quarantine.' || n.state, n.id, coalesce(n.customer_id, ''), n.id || '.' || n.state,
    json_build_object('id', n.id, 'state', n.state, 'source', n.source, 'topic', n.topic,
      'partition', n.partition, 'offset', n."offset"::text, 'rule_id', nullif(n.rule_id, ''),
      'reason', n.reason, 'detail', n.detail, 'event_source', n.event_source,
      'event_id', n.event_id, 'event_type', n.event_type,
      'payload_bytes', octet_length(n.payload),
      'payload_base64', case when octet_length(n.payload) <= ${String(PAYLOAD_BYTES_MAX)}
        then translate(encode(n.payload, 'base64'), E'\\n', '') end)
  from new_rows n;
  return null;
end $$;
create trigger quarantine_inserted after insert on quarantine referencing new table as new_rows
  for each statement when (current_setting('amends.outbox', true) = 'on')
  execute function tell_quarantine();
`;

/** What is set aside is told to Kafka as well, the way of every change (ADR 7). */
export class QuarantineTold1764000000008 implements MigrationInterface {
  readonly name = 'QuarantineTold1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function tell_quarantine cascade');
  }
}
