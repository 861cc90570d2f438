import type { Sql } from '../../queries/sql';

/**
 * Makes a hold active once nothing that was sent before it is still under way: no attempt and no
 * message whose lease runs. Returns since when it is in force; undefined while it is not.
 */
export async function activateHold(sql: Sql, id: string): Promise<Date | undefined> {
  const { rows } = await sql.query<{ effective_at: Date | null }>(
    `with active as (
       update hold h set state = 'active', effective_at = clock_timestamp(),
         revision = revision + 1
       where h.id = $1 and h.state = 'activating' and not (h.payments and exists (
           select 1 from payment_attempt a
           where a.state in ('created', 'sent') and a.send_lease_until > clock_timestamp()))
         and not (h.messages and exists (
           select 1 from message m
           where m.state = 'sending' and m.lease_until > clock_timestamp()))
       returning h.effective_at)
     select effective_at from active
     union all select effective_at from hold where id = $1 and state = 'active'`,
    [id],
  );
  return rows.find(({ effective_at: at }) => at !== null)?.effective_at ?? undefined;
}

/** Activates every hold that can be. Returns how many still wait. */
export async function activateHolds(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from hold where state = 'activating' order by id`,
  );
  let waiting = 0;
  for (const { id } of rows) {
    if ((await activateHold(sql, id)) === undefined) waiting += 1;
  }
  return waiting;
}
