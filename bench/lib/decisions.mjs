// Incidents of one rule as a detector leaves them, to be decided and paid as wallet credits: 5.00 of the currency
// that the event names.
import { library } from './dist.mjs';

export const PAID_MINOR = 500;
const AT = '2026-03-01T00:00:00Z';
const PAGE = 5_000;
const RULE = {
  kind: 'Rule',
  id: 'late',
  title: 'Late',
  detect: { type: 'event', event: 'delivery.late', by: 'data.order_id' },
  pay: { as: 'credit', amount: { percent: 100, of: 'data.price' } },
};

/** The rule, live for everybody. */
export async function saveRule(pool) {
  await pool.query(`insert into rule (id, latest_version) values ('late', 1)`);
  await pool.query(
    `insert into rule_version (rule_id, version, document, document_hash, title, labels, author)
     values ('late', 1, $1, 'hash', 'Late', '{}', 'bench')`,
    [JSON.stringify(RULE)],
  );
  await pool.query(
    `insert into rule_rollout (rule_id, live_version, live_percent) values ('late', 1, 100)`,
  );
  await pool.query(`insert into rule_run (rule_id, lane, version) values ('late', 0, 1)`);
  await pool.query('update rule_set set generation = generation + 1');
}

/** The shard in which the decisions of a customer wait. */
export function shardOf(customer) {
  return library('application').decisionShard(customer);
}

/** Incidents alone, left open: nobody decides them, nor calls them over, until `queueDecisions`. */
export async function writeIncidents(pool, orders) {
  for (let start = 0; start < orders.length; start += PAGE) {
    await pool.query(INCIDENTS, columns(orders.slice(start, start + PAGE)));
  }
}

/** Lets what was written by `writeIncidents` be decided, all at once. */
export async function queueDecisions(pool) {
  await pool.query(
    `insert into decision_queue (incident_id, kind, unit, at, clock, shard, customer_id)
     select i.id, 'decide', 0, i.event_time, i.event_time, (i.event #>> '{data,shard}')::int,
       i.customer_id
     from incident i where i.state = 'paying' order by i.id`,
  );
}

/** Incidents and their decisions in one statement, as a detector writes them. */
export async function writeToDecide(pool, orders) {
  await pool.query(
    `with found as (${INCIDENTS} returning id, event_time, customer_id, event)
     insert into decision_queue (incident_id, kind, unit, at, clock, shard, customer_id)
     select id, 'decide', 0, event_time, event_time, (event #>> '{data,shard}')::int, customer_id
     from found`,
    columns(orders),
  );
}

const INCIDENTS = `
  insert into incident (id, rule_id, rule_version, lane, key_path, key, occurrence, customer_id,
    state, event_time, detected_at, event, vars, facts, evidence)
  select id, 'late', 1, 0, 'data.order_id', key, '', customer, 'paying', $5, clock_timestamp(), event,
    '{}', '{}', '[]'
  from unnest($1::text[], $2::text[], $3::text[], $4::jsonb[]) as o(id, key, customer, event)`;

function columns(orders) {
  const { derivedId, incidentNaturalKey } = library('application');
  const rows = orders.map(({ order, customer, currency = 'EUR' }) => {
    const key = JSON.stringify(order);
    const natural = { ruleId: 'late', lane: 'live', key, occurrence: '' };
    const price = { value: (PAID_MINOR / 100).toFixed(2), currency };
    const data = { price, shard: shardOf(customer) };
    const event = JSON.stringify({ type: 'delivery.late', time: AT, data });
    const id = derivedId('inc', Date.parse(AT), incidentNaturalKey(natural));
    return { id, key, customer, event };
  });
  const column = (name) => rows.map((row) => row[name]);
  return [column('id'), column('key'), column('customer'), column('event'), AT];
}
