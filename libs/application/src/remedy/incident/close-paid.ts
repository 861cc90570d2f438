import type { Sql } from '../../queries/sql';
import { alignIncidents, changeIncidents } from './incident-rows';

const BATCH_MAX = 200;

/**
 * Ends accruing incidents that are closed and have nothing left to decide: paid once their last
 * unit is. The detector closes them without telling remedy, so this is looked at every so often.
 * One that is settled at its end is ended by its settlement, which is asked for only when the
 * lateness of the closing has passed.
 */
export async function closePaid(sql: Sql): Promise<number> {
  const { rows } = await sql.query<{ id: string; refuted: boolean; paid: boolean }>(
    `select i.id, i.refuted_at is not null as refuted,
       exists (select 1 from compensation c where c.incident_id = i.id) as paid
     from incident i
     where i.state = 'paying' and i.closed_at is not null
       and not exists (select 1 from decision_queue q where q.incident_id = i.id)
       and not exists (select 1 from compensation c where c.incident_id = i.id
         and c.state in ('proposed', 'reserved', 'sending', 'unknown'))
       and (i.refuted_at is not null
         or exists (select 1 from compensation c where c.incident_id = i.id)
         or not exists (select 1 from rule_version v where v.rule_id = i.rule_id
           and v.version = i.rule_version and v.document #>> '{pay,settle}' = 'end'))
     order by i.id limit ${String(BATCH_MAX)} for no key update of i skip locked`,
  );
  const withPayouts = rows.filter(({ paid }) => paid).map(({ id }) => id);
  const without = rows.filter(({ paid }) => !paid);
  await alignIncidents(sql, withPayouts);
  await changeIncidents(
    sql,
    without.map(({ id, refuted }) => ({ id, state: refuted ? 'refuted' : 'skipped', why: [] })),
  );
  return rows.length;
}
