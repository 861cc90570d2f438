import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = `
-- steps away from the world: 1 where it rests on an event of ours, and then nothing of it is told to rules
alter table incident add column depth smallint not null default 0;

-- what rules that run want to know of our own doing; empty: nothing is written down for them
create table own_event_watch (
  rule_id text not null references rule, type text not null, primary key (rule_id, type)
);
create index own_event_watch_type on own_event_watch (type);

-- on its way into the stream, in the order of the changes
create table own_event (
  id bigint generated always as identity primary key,
  type text not null, subject text not null, customer_id text not null,
  event_id text not null unique, data json not null, at timestamptz not null,
  -- stream clock only: the time of the stream that it is told at
  stream_time timestamptz
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_cost_delay = 0);

create function own_events_watched() returns boolean language plpgsql stable as $$
begin return exists (select 1 from own_event_watch); end $$;
`;

interface Told {
  readonly table: string;
  /** What the event is called of a new row `n`. */
  readonly inserted: string;
  /** What it is called of a row `n` that was `o`; null: nothing is told. */
  readonly updated: string;
  readonly data: string;
  /** The incident `i` that it came of. */
  readonly incident: string;
}

// As they were told before, with how far it is from the world, and which rule it came of.
const COMPENSATIONS: Told = {
  table: 'compensation',
  inserted: 'n.state',
  updated: 'case when n.state <> o.state then n.state end',
  data: `'id', n.id, 'incident_id', n.incident_id, 'unit', n.unit, 'as', n.kind, 'state', n.state,
    'amount_minor', n.amount_minor::text, 'currency', n.currency, 'order_id', n.order_id,
    'held_by', n.held_by, 'provider_ref', n.provider_ref, 'arrives', n.arrives`,
  incident: 'left join incident i on i.id = n.incident_id',
};

const MESSAGES: Told = {
  table: 'message',
  inserted: 'n.state',
  updated: `case when n.state <> o.state and n.state <> 'sending' then n.state end`,
  data: `'id', n.id, 'compensation_id', n.compensation_id, 'incident_id', n.incident_id,
    'channel', n.channel, 'template', n.template_id, 'state', n.state, 'held_by', n.held_by,
    'amount_minor', n.promised_minor::text, 'currency', n.promised_currency`,
  incident: `left join compensation c on c.id = n.compensation_id
    left join incident i on i.id = coalesce(n.incident_id, c.incident_id)`,
};

const CHANGES = {
  insert: 'new_rows n',
  update: 'new_rows n join old_rows o using (id)',
} as const;

function functionOf(
  { table, inserted, updated }: Told,
  tell: (from: string, word: string) => string,
): string {
  return `
create or replace function tell_${table}() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    ${tell(CHANGES.insert, inserted)};
  else
    ${tell(CHANGES.update, updated)};
  end if;
  return null;
end $$;`;
}

function triggersOf({ table }: Told, condition: string): string {
  return `
drop trigger ${table}_inserted on ${table};
drop trigger ${table}_updated on ${table};
create trigger ${table}_inserted after insert on ${table} referencing new table as new_rows
  for each statement when (${condition}) execute function tell_${table}();
create trigger ${table}_updated after update on ${table}
  referencing old table as old_rows new table as new_rows
  for each statement when (${condition}) execute function tell_${table}();`;
}

const TO_KAFKA = `current_setting('amends.outbox', true) = 'on'`;

/** To Kafka and to rules: one event, which says the same to both. */
function toBoth(told: Told): string {
  const { table, data, incident } = told;
  const tell = (from: string, word: string) => `with told as (
      select 'amends.${table}.' || w.word as type, n.id as subject, n.customer_id,
        n.id || '.' || n.revision || '.' || w.word as event_id, clock_timestamp() as at,
        coalesce(i.depth, 0) as depth,
        json_build_object(${data}, 'depth', coalesce(i.depth, 0), 'rule', case when i.id is not null
          then json_build_object('id', i.rule_id, 'version', i.rule_version) end) as data
      from ${from} cross join lateral (select ${word}) as w (word) ${incident}
      where w.word is not null
    ), to_rules as (
      insert into own_event (type, subject, customer_id, event_id, data, at)
      select t.type, t.subject, t.customer_id, t.event_id, t.data, t.at from told t
      where t.depth = 0 and exists (select 1 from own_event_watch x where x.type = t.type)
      on conflict do nothing
    )
    insert into outbox (shard, topic, type, subject, customer_id, event_id, data, at)
    select outbox_shard(t.customer_id), 'amends.${table}s', t.type, t.subject, t.customer_id,
      t.event_id, t.data, t.at
    from told t where ${TO_KAFKA}`;
  return functionOf(told, tell) + triggersOf(told, `${TO_KAFKA} or own_events_watched()`);
}

/** As it was before. */
function toKafka(told: Told): string {
  const { table, data } = told;
  const tell = (from: string, word: string) => `insert into outbox
      (shard, topic, type, subject, customer_id, event_id, data)
    select outbox_shard(n.customer_id), 'amends.${table}s', 'amends.${table}.' || w.word, n.id,
      n.customer_id, n.id || '.' || n.revision || '.' || w.word, json_build_object(${data})
    from ${from} cross join lateral (select ${word}) as w (word) where w.word is not null`;
  return functionOf(told, tell) + triggersOf(told, TO_KAFKA);
}

/** States of compensations and messages come back as events that rules can watch (ADR 12). */
export class OwnEvents1764000000050 implements MigrationInterface {
  readonly name = 'OwnEvents1764000000050';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(TABLES + [COMPENSATIONS, MESSAGES].map(toBoth).join(''));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `${[COMPENSATIONS, MESSAGES].map(toKafka).join('')}
       drop function own_events_watched; drop table own_event, own_event_watch;
       alter table incident drop column depth`,
    );
  }
}
