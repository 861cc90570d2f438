import type { Pool } from 'pg';
import { onlyOne } from './only-one';

/** Rows per transaction: short enough to be in nobody's way. */
const ROWS = 5_000;

/** Removes what every reader of the log has passed, but for the last `keptMs`. */
export function trimLog(pool: Pool, keptMs: number): Promise<number> {
  return sweep(
    pool,
    'log',
    `delete from event_log e using (
       select l.topic, l.partition, l."offset"
       from log_head h
       join lateral (
         select min(next_offset) as position from stream_position p
         where p.topic = h.topic and p.partition = h.partition and p.source = 'log'
       ) p on p.position is not null
       -- Arrival follows the offset: where the oldest row is to stay, all are.
       join lateral (
         select received_at from event_log l where l.topic = h.topic and l.partition = h.partition
         order by l."offset" limit 1
       ) oldest on oldest.received_at < now() - $1 * interval '1 millisecond'
       join lateral (
         select * from event_log l where l.topic = h.topic and l.partition = h.partition
           and l."offset" < p.position
         order by l."offset" limit ${String(ROWS)}
       ) l on l.received_at < now() - $1 * interval '1 millisecond'
       limit ${String(ROWS)}
     ) old
     where e.topic = old.topic and e.partition = old.partition and e."offset" = old."offset"`,
    [keptMs],
  );
}

/** Forgets events at the door that came longer ago. */
export function sweepSeen(pool: Pool, keptMs: number): Promise<number> {
  return sweep(
    pool,
    'seen',
    `delete from event_seen where key_hash in (
       select key_hash from event_seen
       where received_at < now() - $1 * interval '1 millisecond'
       order by received_at limit ${String(ROWS)}
     )`,
    [keptMs],
  );
}

/** Removes states and timers of lanes in which the rule does not run: it would miss what happens now. */
export function sweepStopped(pool: Pool): Promise<number> {
  return sweep(
    pool,
    'stopped',
    `with stopped as (
       select r.no, l.lane::smallint as lane from rule r
       cross join (values (0), (1)) as l (lane)
       left join rule_rollout o on o.rule_id = r.id
       where case l.lane when 0 then o.live_version else o.shadow_version end is null
     ), gone as (
       delete from detect_state where (rule_no, lane, key) in (
         select s.rule_no, s.lane, s.key from stopped t
         join lateral (
           select rule_no, lane, key from detect_state
           where rule_no = t.no and lane = t.lane limit ${String(ROWS)}
         ) s on true
         limit ${String(ROWS)}
       )
       returning rule_no, lane, key
     ), timers as (
       delete from timer t using gone g
       where t.rule_no = g.rule_no and t.lane = g.lane and t.key = g.key
     )
     select 1 from gone`,
    [],
  );
}

/** Removes due timers whose state is gone: nothing would ever claim them. */
export function dropOrphanTimers(pool: Pool): Promise<number> {
  return sweep(
    pool,
    'orphans',
    `delete from timer where (rule_no, lane, key) in (
       select t.rule_no, t.lane, t.key from timer t
       where t.fire_at < now() - interval '1 minute' and not exists (
         select 1 from detect_state s
         where s.rule_no = t.rule_no and s.lane = t.lane and s.key = t.key
       )
       limit ${String(ROWS)}
     )`,
    [],
  );
}

/**
 * Marks versions as drained of which no state speaks any more, so that they are not compiled for ever.
 * A state names the versions it holds as `"n":<version>`.
 */
export function markDrained(pool: Pool): Promise<number> {
  return sweep(
    pool,
    'draining',
    `update rule_run u set drained = true
     from rule r left join rule_rollout o on o.rule_id = r.id
     where r.id = u.rule_id and not u.drained
       and u.version is distinct from
         case u.lane when 0 then o.live_version else o.shadow_version end
       and u.since < now() - interval '10 minutes'
       and not exists (
         select 1 from detect_state s where s.rule_no = r.no and s.lane = u.lane
           and s.state ~ ('"n":' || u.version || '[^0-9]')
       )`,
    [],
  );
}

async function sweep(
  pool: Pool,
  job: Parameters<typeof onlyOne>[1],
  text: string,
  values: readonly unknown[],
): Promise<number> {
  const count = await onlyOne(pool, job, async (client) => {
    const { rowCount } = await client.query(text, [...values]);
    return rowCount ?? 0;
  });
  return count ?? 0;
}

/** As many as this: there is more to do. */
export const SWEEP_FULL = ROWS;
