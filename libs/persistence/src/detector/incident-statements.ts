import { statement } from '../database/statement';

/**
 * Incidents not known yet, and what is to be decided, in one statement. Decisions get their ids in the
 * order given: that is the order in which they are made.
 */
export const ADD_INCIDENTS = statement(
  'incidents_add',
  `with added as (
     insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
       state, event_time, detected_at, closed_at, event, vars, facts, evidence, why, depth)
     select id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
       case lane when 0 then 'paying' else 'shadow' end, event_time, detected_at, closed_at,
       event, vars, facts, evidence, why, depth
     from unnest($1::text[], $2::text[], $3::int[], $4::smallint[], $5::text[], $6::text[], $7::text[],
         $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::jsonb[],
         $13::jsonb[], $14::jsonb[], $15::jsonb[], $16::jsonb[], $27::smallint[])
       as u (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id, event_time,
         detected_at, closed_at, event, vars, facts, evidence, why, depth)
     on conflict do nothing
     returning id
   ), asked as (
     insert into decision_queue
       (incident_id, kind, unit, units, at, clock, history_mark, shard, customer_id)
     select d.incident_id, d.kind, d.unit, d.units, d.at, d.clock, d.mark, d.shard, d.customer_id
     from unnest($17::text[], $18::text[], $19::int[], $20::int[], $21::timestamptz[],
       $22::timestamptz[], $23::bigint[], $24::smallint[], $25::text[], $26::boolean[])
       with ordinality as d (incident_id, kind, unit, units, at, clock, mark, shard, customer_id,
         only_if_new, ord)
     where not d.only_if_new or d.incident_id in (select id from added)
     order by d.ord
     on conflict (incident_id, kind, unit) do nothing
   )
   select count(*)::int from added`,
);

export const CUSTOMERS_OF = statement(
  'incident_customers',
  'select id, customer_id from incident where id = any ($1::text[])',
);

export const CLOSE_INCIDENTS = statement(
  'incidents_close',
  `update incident i set closed_at = u.closed_at, event = u.event, vars = u.vars, facts = u.facts,
     revision = i.revision + 1, updated_at = now()
   from unnest($1::text[], $2::timestamptz[], $3::jsonb[], $4::jsonb[], $5::jsonb[])
     as u (id, closed_at, event, vars, facts)
   where i.id = u.id`,
);

/** A second refutation finds nothing to do. */
export const REFUTE_INCIDENTS = statement(
  'incidents_refute',
  `update incident i set refuted_at = u.clock, closed_at = coalesce(i.closed_at, u.closed_at),
     revision = i.revision + 1, updated_at = now()
   from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) as u (id, clock, closed_at)
   where i.id = u.id and i.refuted_at is null
   returning i.id, i.customer_id, i.rule_id, i.lane`,
);

export const COUNT_REFUTED = statement(
  'rules_refuted',
  `update rule r set refuted_count = r.refuted_count + u.n
   from unnest($1::text[], $2::bigint[]) as u (id, n) where r.id = u.id`,
);

/** A trigger is taken once; another one of the same key adds whom the first did not find. */
export const ADD_FANOUTS = statement(
  'fanouts_add',
  `with added as (
     insert into fanout (rule_no, lane, version, key, trigger_ref, trigger_body, at, since, until,
       clock, history_mark)
     select * from unnest($1::int[], $2::smallint[], $3::int[], $4::text[], $5::text[], $6::text[],
       $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::timestamptz[], $11::bigint[])
     on conflict (rule_no, lane, key, trigger_ref) do nothing
     returning id
   )
   update rule_set set generation = generation + 1 where exists (select 1 from added)`,
);

export const ADD_QUARANTINE = statement(
  'quarantine_add',
  `insert into quarantine (id, source, topic, partition, "offset", rule_id, reason, detail,
     event_source, event_id, event_type, customer_id, payload)
   select * from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[],
     $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::bytea[])
   on conflict (source, topic, partition, "offset", rule_id) do nothing`,
);
