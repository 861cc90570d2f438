// What a careful person would write by hand for the three rules of W and nothing else: no rule
// documents, no index, no versions, no clock of topics, no lateness, no facts, no audit. It reads the
// embedded log and writes the rows that the detector writes (positions, state, timers, history,
// incidents), one transaction per batch of a partition, several partitions at a time.
//
// Settings by environment: DATABASE_URL, BATCH (records), CONNECTIONS.
import * as sql from './statements.mjs';
import { BareStore } from './bare-store.mjs';

const batchMax = Number(process.env.BATCH ?? 1000);
const connections = Number(process.env.CONNECTIONS ?? 4);

const store = new BareStore({ connections, begin: sql.BEGIN });
const { rows: partitions } = await store.pool.query(sql.PARTITIONS);
await store.startPositions(partitions);
await Promise.all(partitions.map(drain));
await store.fireAllTimers();
await store.pool.end();

async function drain({ topic, partition }) {
  for (let position = 0n; ;) {
    const { next } = await store.take({
      topic,
      partition,
      position,
      rowsOf: async (client) => {
        const values = [topic, partition, String(position), batchMax];
        return (await client.query({ ...sql.READ, values })).rows;
      },
    });
    if (next === position) return;
    position = next;
  }
}
