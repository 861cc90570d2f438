import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- A month of history by arrival, before the first event of it comes. Its name; null: it is there, or the default
-- partition holds rows of it already.
create function make_history_month(month date) returns text language plpgsql security definer as $$
declare
  since timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  until timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  name text := 'history_segment_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass(name) is not null or exists (
    select 1 from history_segment_default d where d.arrived_at >= since and d.arrived_at < until
  ) then
    return null;
  end if;
  execute format('create table %I partition of history_segment for values from (%L) to (%L)', name, since, until);
  return name;
end $$;

-- Drops the months that ended before that instant; answers how many.
create function drop_history_months(before timestamptz) returns int language plpgsql security definer as $$
declare
  month record;
  dropped int := 0;
begin
  for month in
    select c.oid::regclass as name,
      (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz as until
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'history_segment'::regclass
  loop
    -- the default partition has no bounds
    continue when month.until is null or month.until >= before;
    execute format('drop table %s', month.name);
    dropped := dropped + 1;
  end loop;
  return dropped;
end $$;

-- What keeps dead rows alive. Sessions of other users are shown to the owner only, or not at all.
create function oldest_snapshot_seconds() returns float8 language sql stable security definer
  return (select coalesce(extract(epoch from max(now() - a.xact_start)), 0)::float8 from pg_stat_activity a
    where a.backend_xmin is not null and a.datname = current_database());

-- Whoever changes a row need not be able to write into the outbox what he likes.
alter function tell_incident() security definer;
alter function tell_compensation() security definer;
alter function tell_message() security definer;
alter function tell_quarantine() security definer;
alter function tell_notice() security definer;

-- With the owner's rights a function must find the owner's tables, whatever the caller has put before them.
do $$
declare one record;
begin
  for one in select p.oid::regprocedure as name from pg_proc p
    where p.prosecdef and p.pronamespace = current_schema()::regnamespace
  loop
    execute format('alter function %s set search_path = %I, pg_temp', one.name, current_schema());
    execute format('revoke execute on function %s from public', one.name);
  end loop;
end $$;
`;

const DOWN = `
alter function tell_incident() security invoker;
alter function tell_compensation() security invoker;
alter function tell_message() security invoker;
alter function tell_quarantine() security invoker;
alter function tell_notice() security invoker;
alter function tell_incident() reset search_path;
alter function tell_compensation() reset search_path;
alter function tell_message() reset search_path;
alter function tell_quarantine() reset search_path;
alter function tell_notice() reset search_path;
drop function make_history_month, drop_history_months, oldest_snapshot_seconds;
`;

/** What only the owner of the tables may do, for processes that are not the owner (ADR 13). */
export class OwnerFunctions1764000000054 implements MigrationInterface {
  readonly name = 'OwnerFunctions1764000000054';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}
