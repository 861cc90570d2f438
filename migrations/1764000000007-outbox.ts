import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
create table outbox (
  -- by customer: a shard is relayed by one process at a time, in the order of ids
  shard smallint not null, id bigint generated always as identity,
  topic text not null, type text not null, subject text not null, customer_id text not null,
  -- what happened to the subject, and at which of its revisions: the same again after a redo
  event_id text not null, data json not null, at timestamptz not null default clock_timestamp(),
  primary key (shard, id)
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

create table outbox_lease (
  shard smallint primary key, owner text not null default '', until timestamptz not null default '-infinity'
) with (fillfactor = 50);
insert into outbox_lease (shard) select generate_series(0, 15);

create function outbox_shard(customer_id text) returns smallint language sql immutable
  return (hashtextextended(customer_id, 0) & 15)::smallint;
`;

interface Told {
  readonly table: string;
  /** What the event is called of a new row `n`. */
  readonly inserted: string;
  /** What it is called of a row `n` that was `o`; null: nothing is told. */
  readonly updated: string;
  readonly data: string;
}

const INCIDENTS: Told = {
  table: 'incident',
  inserted: `case n.lane when 0 then 'opened' end`,
  updated: `case when n.lane <> 0 then null
      when n.state <> o.state then n.state
      when n.refuted_at is not null and o.refuted_at is null then 'refuted'
      when n.closed_at is not null and o.closed_at is null then 'closed' end`,
  // Neither the event it was found by nor its facts, which may hold anything.
  data: `'id', n.id, 'rule', json_build_object('id', n.rule_id, 'version', n.rule_version),
    'key_path', n.key_path, 'key', n.key, 'state', n.state, 'event_time', n.event_time,
    'detected_at', n.detected_at, 'closed_at', n.closed_at, 'refuted_at', n.refuted_at,
    'amount_minor', n.amount_minor::text, 'currency', n.currency`,
};

const COMPENSATIONS: Told = {
  table: 'compensation',
  inserted: 'n.state',
  updated: 'case when n.state <> o.state then n.state end',
  // Not the voucher code, which is worth money, nor what people wrote about it.
  data: `'id', n.id, 'incident_id', n.incident_id, 'unit', n.unit, 'as', n.kind, 'state', n.state,
    'amount_minor', n.amount_minor::text, 'currency', n.currency, 'order_id', n.order_id,
    'held_by', n.held_by, 'provider_ref', n.provider_ref, 'arrives', n.arrives`,
};

const MESSAGES: Told = {
  table: 'message',
  inserted: 'n.state',
  // That a worker has it in hand is nobody's business.
  updated: `case when n.state <> o.state and n.state <> 'sending' then n.state end`,
  // Neither its text nor where it goes.
  data: `'id', n.id, 'compensation_id', n.compensation_id, 'incident_id', n.incident_id,
    'channel', n.channel, 'template', n.template_id, 'state', n.state, 'held_by', n.held_by,
    'amount_minor', n.promised_minor::text, 'currency', n.promised_currency`,
};

/**
 * What is told to Kafka is written by triggers, in the transaction of the change itself (ADR 7): no way of
 * changing a row can forget it, and it costs no round trip. They write only on connections that say
 * `amends.outbox = on`: those of processes that know a broker.
 */
function tell({ table, inserted, updated, data }: Told): string {
  const insertOf = (from: string) => `insert into outbox
      (shard, topic, type, subject, customer_id, event_id, data)
    select outbox_shard(n.customer_id), 'amends.${table}s', 'amends.${table}.' || w.word, n.id,
      n.customer_id, n.id || '.' || n.revision || '.' || w.word, json_build_object(${data})
    from ${from} as w (word) where w.word is not null`;
  const condition = `when (current_setting('amends.outbox', true) = 'on')`;
  return `
create function tell_${table}() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    ${insertOf(`new_rows n cross join lateral (select ${inserted})`)};
  else
    ${insertOf(`new_rows n join old_rows o using (id) cross join lateral (select ${updated})`)};
  end if;
  return null;
end $$;
create trigger ${table}_inserted after insert on ${table} referencing new table as new_rows
  for each statement ${condition} execute function tell_${table}();
create trigger ${table}_updated after update on ${table}
  referencing old table as old_rows new table as new_rows
  for each statement ${condition} execute function tell_${table}();`;
}

export class Outbox1764000000007 implements MigrationInterface {
  readonly name = 'Outbox1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES + [INCIDENTS, COMPENSATIONS, MESSAGES].map(tell).join(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop function tell_incident, tell_compensation, tell_message cascade;
       drop table outbox_lease, outbox; drop function outbox_shard`,
    );
  }
}
