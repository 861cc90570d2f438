import type { MigrationInterface, QueryRunner } from 'typeorm';

const UP = `
-- Another period for a budget: what it has spent is told anew from the payouts that were settled in the one that runs
-- (UTC), and they say that they count in it. False, and nothing changed, where the limit has not room for that. It is
-- the owner's to do, since the api writes neither what is spent nor payouts.
create function change_budget_period(which text, to_period text, to_limit bigint) returns boolean
language plpgsql security definer as $$
declare
  wall timestamp := clock_timestamp() at time zone 'UTC';
  key text := case to_period when 'ever' then 'ever' when 'month' then to_char(wall, 'YYYY-MM')
    when 'day' then to_char(wall, 'YYYY-MM-DD') end;
  since timestamptz := case to_period when 'ever' then '-infinity'
    else date_trunc(to_period, wall) at time zone 'UTC' end;
  held bigint;
  spent bigint;
begin
  select held_minor into held from budget where id = which for update;
  select coalesce(sum(amount_minor), 0) into spent from compensation
    where budget_id = which and state = 'settled' and settled_at >= since;
  if held + spent > to_limit then
    return false;
  end if;
  update compensation set budget_period = key
    where budget_id = which and state = 'settled' and settled_at >= since
      and budget_period is distinct from key;
  update budget set period = to_period, limit_minor = to_limit, period_key = key, spent_minor = spent
    where id = which;
  return true;
end $$;
do $$ begin
  execute format('alter function change_budget_period set search_path = %I, pg_temp', current_schema());
end $$;
revoke execute on function change_budget_period from public;
`;

/** A budget that is given another period knows what it has spent in that. */
export class BudgetPeriods1764000000065 implements MigrationInterface {
  readonly name = 'BudgetPeriods1764000000065';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop function change_budget_period');
  }
}
