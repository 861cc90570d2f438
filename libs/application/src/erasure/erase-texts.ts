import type { Json } from '@amends/domain';
import type { Database, Sql } from '../queries/sql';
import type { Names } from './erase-money';
import { areAllOf, withoutEventsOf } from './erased-event';

/** Rows per statement: short enough to be in nobody's way. */
const ROWS = 500;

/** Takes the customer out of what is kept as texts: the log, states of rules, answers, what was set aside. */
export async function eraseTexts(database: Database, names: Names): Promise<void> {
  const { customerId, pseudonym } = names;
  // As it stands in JSON, so that the id of another customer does not look like it.
  const quoted = JSON.stringify(customerId);
  await eraseStates(database, customerId, quoted);
  await eraseLog(database, customerId, quoted);
  for (const text of TEXTS) await database.query(text, [customerId, quoted]);
  await database.query(
    `delete from outbox where customer_id = $1 and topic = 'amends.quarantine'`,
    [customerId],
  );
  await database.query('delete from own_event where customer_id = $1', [customerId]);
  await database.query('update outbox set customer_id = $2 where customer_id = $1', [
    customerId,
    pseudonym,
  ]);
}

/** $1: the customer, $2: the id as it stands in JSON. */
const TEXTS: readonly string[] = [
  `update quarantine set payload = '', detail = 'erased', event_source = null, event_id = null,
     customer_id = null, state = case when state = 'open' then 'discarded' else state end,
     resolved_at = coalesce(resolved_at, now())
   where customer_id = $1 or position(convert_to($2, 'UTF8') in payload) > 0`,
  `update fanout set trigger_body = '{}', trigger_ref = 'erased|' || id, done = true
   where strpos(trigger_body, $2) > 0 and trigger_body::jsonb ->> 'customerid' = $1`,
  // Of answers to requests only that they were answered is left.
  `update idempotency set body = '{}' where $1 <> '' and strpos(body, $2) > 0`,
  `delete from limit_entry where $2 <> '' and guard in (
     select guard from limit_guard where right(guard, length($1::text) + 1) = '|' || $1::text)`,
  `delete from limit_guard where $2 <> '' and right(guard, length($1::text) + 1) = '|' || $1::text`,
];

interface StateRow {
  readonly rule_no: number;
  readonly lane: number;
  readonly key: string;
  readonly state: string;
}

/** A state that is about the customer goes; in one that others share their events are replaced. */
async function eraseStates(database: Database, id: string, quoted: string): Promise<void> {
  await database.query(
    `with gone as (
       delete from detect_state where key = $1 returning rule_no, lane, key
     )
     delete from timer t using gone g
     where (t.rule_no, t.lane, t.key) = (g.rule_no, g.lane, g.key)`,
    [quoted],
  );
  for (let count = ROWS; count === ROWS;) {
    count = await database.transaction(async (sql) => {
      const { rows } = await sql.query<StateRow>(
        `select rule_no, lane, key, state from detect_state where strpos(state, $1) > 0
         order by rule_no, lane, key limit ${String(ROWS)} for update`,
        [`"customerid":${quoted}`],
      );
      for (const row of rows) await eraseState(sql, row, id);
      return rows.length;
    });
  }
}

async function eraseState(sql: Sql, { rule_no: no, lane, key, state }: StateRow, id: string) {
  const value = JSON.parse(state) as Json;
  if (areAllOf(id, value)) {
    await sql.query('delete from detect_state where (rule_no, lane, key) = ($1, $2, $3)', [
      no,
      lane,
      key,
    ]);
    await sql.query('delete from timer where (rule_no, lane, key) = ($1, $2, $3)', [no, lane, key]);
    return;
  }
  await sql.query(
    `update detect_state set state = $4, revision = revision + 1
     where (rule_no, lane, key) = ($1, $2, $3)`,
    [no, lane, key, JSON.stringify(withoutEventsOf(id, value))],
  );
}

interface LogRow {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly body: string;
}

/** What is still in the log, read or not: the place stays, since others count on it. */
async function eraseLog(database: Database, id: string, quoted: string): Promise<void> {
  for (let count = ROWS; count === ROWS;) {
    const { rows } = await database.query<LogRow>(
      `select topic, partition, "offset", body from event_log
       where strpos(body, $1) > 0 limit ${String(ROWS)}`,
      [`"customerid":${quoted}`],
    );
    count = rows.length;
    for (const { topic, partition, offset, body } of rows) {
      const replaced = withoutEventsOf(id, JSON.parse(body) as Json);
      await database.query(
        `update event_log set body = $4 where topic = $1 and partition = $2 and "offset" = $3`,
        [topic, partition, offset, JSON.stringify(replaced)],
      );
    }
  }
}
