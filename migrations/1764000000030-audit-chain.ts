import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- what a customer is called where the name must outlive their erasure: a hash of the id that nobody can make
-- without this secret, always the same
create table pseudonym_secret (single boolean primary key default true check (single), secret bytea not null);
insert into pseudonym_secret (secret) values (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
create function customer_pseudonym(customer_id text) returns text language sql stable as $$
  select 'cus_' || substr(encode(sha256(p.secret || convert_to(customer_id, 'UTF8')), 'hex'), 1, 32)
  from pseudonym_secret p
$$;

-- under this the audit keeps what is about a customer; whoever is erased has none any more (ADR 9)
create table customer_key (
  customer_id text primary key, pseudonym text not null unique, key bytea not null,
  created_at timestamptz not null default now()
);

-- before, after and reason of a row about a customer, under the key of that pseudonym
alter table audit add column pseudonym text, add column personal bytea;

-- the link of each row in the chain: sha256(link of the row before, this row); written shortly after the row
create table audit_seal (seq bigint primary key, hash bytea not null);
create trigger audit_seal_append_only before update or delete or truncate on audit_seal
  for each statement execute function audit_is_append_only();

-- ends of the chain that were handed to somebody outside
create table audit_anchor (
  place text not null, seq bigint not null, hash bytea not null, at timestamptz not null default now(),
  primary key (place, seq)
);
create trigger audit_anchor_append_only before update or delete or truncate on audit_anchor
  for each statement execute function audit_is_append_only();
`;

/** Rows so far speak of customers by their ids. */
const PSEUDONYMS = `
insert into customer_key (customer_id, pseudonym, key)
  select id, customer_pseudonym(id), uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
  from (select distinct substr(object, 10) as id from audit where object like 'customer:%') as named;
alter table audit disable trigger audit_append_only;
update audit set object = 'customer:' || customer_pseudonym(substr(object, 10))
  where object like 'customer:%';
alter table audit enable trigger audit_append_only;
`;

/** As libs/application/src/audit/audit-link.ts has it. */
const CHAIN = `
do $$
declare
  link bytea := decode(repeat('00', 32), 'hex');
  entry record;
begin
  for entry in select seq, jsonb_build_object('v', 1, 'seq', seq,
      'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
      'actor_kind', actor_kind, 'actor_id', actor_id, 'action', action, 'object', object,
      'before', before, 'after', after, 'reason', reason, 'request_id', request_id,
      'pseudonym', pseudonym, 'personal', encode(personal, 'hex'))::text as content
    from audit order by seq
  loop
    link := sha256(link || convert_to(entry.content, 'UTF8'));
    insert into audit_seal (seq, hash) values (entry.seq, link);
  end loop;
end $$;
`;

/** The audit is a chain of hashes, and what is personal in it can be forgotten without breaking it. */
export class AuditChain1764000000030 implements MigrationInterface {
  readonly name = 'AuditChain1764000000030';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
    await runner.query(PSEUDONYMS);
    await runner.query(CHAIN);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `drop table audit_anchor, audit_seal; alter table audit drop column pseudonym, drop column personal;
       drop table customer_key; drop function customer_pseudonym; drop table pseudonym_secret`,
    );
  }
}
