import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- who was erased, by the pseudonym that took the place of their id: what comes later about them is not kept
create table customer_erasure (
  no bigint generated always as identity primary key, pseudonym text not null unique,
  -- 32 bits of the id, so that few events have to be looked at more closely
  hint int not null,
  -- only until everything is done
  customer_id text,
  erased_at timestamptz not null default now(), erased_by text not null, done_at timestamptz
);
create index customer_erasure_hint on customer_erasure (hint);
create index customer_erasure_open on customer_erasure (no) where done_at is null;

-- The one change of what was posted: whose account it is called. Sums, sides and order stay as they are, and so
-- does every trigger and right that keeps the ledger append only for everybody else.
create function erase_from_ledger(old_id text, pseudonym text) returns void
  language plpgsql security definer set search_path from current as $$
declare is_guarded boolean;
begin
  if not exists (select 1 from customer_erasure e where e.customer_id = old_id and e.pseudonym = $2) then
    raise exception 'only a customer who is being erased gets another name';
  end if;
  if not exists (select 1 from ledger_entry where account in ('wallet:' || old_id, 'voucher:' || old_id)) then
    return;
  end if;
  is_guarded := not has_column_privilege('ledger_entry', 'account', 'update');
  if is_guarded then execute format('grant update (account) on ledger_entry to %I', current_user); end if;
  alter table ledger_entry disable trigger user;
  update ledger_entry set account = split_part(account, ':', 1) || ':' || pseudonym
    where account in ('wallet:' || old_id, 'voucher:' || old_id);
  alter table ledger_entry enable trigger user;
  if is_guarded then execute format('revoke update (account) on ledger_entry from %I', current_user); end if;
end $$;
revoke execute on function erase_from_ledger from public;
`;

/** A customer who was erased stays erased. */
export class Erasure1764000000031 implements MigrationInterface {
  readonly name = 'Erasure1764000000031';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function erase_from_ledger; drop table customer_erasure');
  }
}
