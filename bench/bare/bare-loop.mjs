// What a careful person would write by hand for the three rules of W and nothing else: no rule
// documents, no index, no versions, no clock of topics, no lateness, no facts, no audit. It reads the
// embedded log and writes the rows that the detector writes (positions, state, timers, history,
// incidents), one transaction per batch of a partition, several partitions at a time.
//
// Settings by environment: DATABASE_URL, BATCH (records), CONNECTIONS.
import { createRequire } from 'node:module';
import * as sql from './statements.mjs';
import { BareBatch } from './bare-batch.mjs';

const { Pool } = createRequire(import.meta.url)('pg');
const batchMax = Number(process.env.BATCH ?? 1000);
const connections = Number(process.env.CONNECTIONS ?? 4);
const TIMERS_AT_ONCE = 1000;

const pool = new Pool({ connectionString: process.env.DATABASE_URL, max: connections });
const { rows: partitions } = await pool.query(sql.PARTITIONS);
await pool.query(sql.START_POSITIONS);
await Promise.all(partitions.map(({ topic, partition }) => drain(topic, partition)));
while (await fireTimers());
await pool.end();

async function drain(topic, partition) {
  for (let position = 0n; ;) {
    const next = await oneBatch(topic, partition, position);
    if (next === undefined) return;
    position = next;
  }
}

async function oneBatch(topic, partition, position) {
  return inTransaction(async (client) => {
    const { rows } = await client.query({
      ...sql.READ,
      values: [topic, partition, String(position), batchMax],
    });
    if (rows.length === 0) return undefined;
    const next = position + BigInt(rows.length);
    const moved = await client.query({
      ...sql.MOVE,
      values: [topic, partition, String(position), String(next)],
    });
    if (moved.rowCount !== 1) throw new Error('somebody else reads this partition');
    const batch = new BareBatch(client, topic, partition);
    await batch.take(rows);
    await batch.write();
    return next;
  });
}

/** Every deadline of W lies in the past, so all that is left once the log is read is due. */
async function fireTimers() {
  return inTransaction(async (client) => {
    const { rows } = await client.query({ ...sql.TAKE_TIMERS, values: [TIMERS_AT_ONCE] });
    if (rows.length === 0) return false;
    const batch = new BareBatch(client);
    await batch.fire(rows.map(({ key }) => key));
    await batch.write();
    return true;
  });
}

async function inTransaction(work) {
  const client = await pool.connect();
  try {
    await client.query(sql.BEGIN);
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
