import { createRequire } from 'node:module';
import * as sql from './statements.mjs';
import { BareBatch } from './bare-batch.mjs';

const { Pool } = createRequire(import.meta.url)('pg');
const TIMERS_AT_ONCE = 1000;

/** The bare loop's database: positions by compare-and-swap, one transaction per batch. */
export class BareStore {
  /** @param begin how a transaction begins; input that can be read again need not be waited for */
  constructor({ connections, begin }) {
    this.pool = new Pool({ connectionString: process.env.DATABASE_URL, max: connections });
    this.begin = begin;
  }

  /** Nothing of these partitions has been read. */
  async startPositions(partitions) {
    await this.pool.query(sql.START_POSITIONS, [
      partitions.map(({ topic }) => topic),
      partitions.map(({ partition }) => partition),
    ]);
  }

  /** One batch, from the position up to `next`. `rowsOf` may read its rows in the transaction. */
  async take({ topic, partition, position, rowsOf }) {
    return this.inTransaction(async (client) => {
      const rows = await rowsOf(client);
      if (rows.length === 0) return { next: position, isEnd: false };
      const next = BigInt(rows.at(-1).offset) + 1n;
      const moved = await client.query({
        ...sql.MOVE,
        values: [topic, partition, String(position), String(next)],
      });
      if (moved.rowCount !== 1) throw new Error('somebody else reads this partition');
      const batch = new BareBatch(client, topic, partition);
      await batch.take(rows);
      await batch.write();
      return { next, isEnd: batch.isEnd };
    });
  }

  /** Every deadline of W lies in the past, so all that is left once everything is read is due. */
  async fireAllTimers() {
    while (await this.inTransaction(fireSome));
  }

  async inTransaction(work) {
    const client = await this.pool.connect();
    try {
      await client.query(this.begin);
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
}

async function fireSome(client) {
  const { rows } = await client.query({ ...sql.TAKE_TIMERS, values: [TIMERS_AT_ONCE] });
  if (rows.length === 0) return false;
  const batch = new BareBatch(client);
  await batch.fire(rows.map(({ key }) => key));
  await batch.write();
  return true;
}
