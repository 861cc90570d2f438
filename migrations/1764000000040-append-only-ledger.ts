import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
create function ledger_is_append_only() returns trigger language plpgsql as $$
begin raise exception 'the ledger is append only: post the opposite instead'; end $$;
create trigger ledger_tx_append_only before update or delete or truncate on ledger_tx
  for each statement execute function ledger_is_append_only();
create trigger ledger_entry_append_only before update or delete or truncate on ledger_entry
  for each statement execute function ledger_is_append_only();

-- The entries of a posting come in one statement, so each statement balances by itself. That is
-- stricter than a look at commit, and it is one look per statement instead of one per row.
create function ledger_balances() returns trigger language plpgsql as $$
declare wrong text;
begin
  select tx_id into wrong from new_rows group by tx_id, currency having sum(amount_minor) <> 0 limit 1;
  if found then
    raise exception 'posting % does not balance', wrong using errcode = 'check_violation';
  end if;
  return null;
end $$;
create trigger ledger_entry_balances after insert on ledger_entry referencing new table as new_rows
  for each statement execute function ledger_balances();

create function ledger_tx_is_posted() returns trigger language plpgsql as $$
begin
  if not exists (select 1 from ledger_entry where tx_id = new.id) then
    raise exception 'posting % has no entries', new.id using errcode = 'check_violation';
  end if;
  return null;
end $$;
create constraint trigger ledger_tx_posted after insert on ledger_tx
  deferrable initially deferred for each row execute function ledger_tx_is_posted();

-- Held by itself where the service is no superuser: who takes the triggers off still may not write.
-- The one column is what the lock of a foreign key asks for.
revoke update, delete, truncate on ledger_tx, ledger_entry from public, current_user;
grant update (posted_at) on ledger_tx to current_user;
`;

/** What was posted stays as it was, and every posting sums to zero in each currency. */
export class AppendOnlyLedger1764000000040 implements MigrationInterface {
  readonly name = 'AppendOnlyLedger1764000000040';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      `grant update, delete, truncate on ledger_tx, ledger_entry to current_user;
       drop function ledger_is_append_only, ledger_balances, ledger_tx_is_posted cascade`,
    );
  }
}
