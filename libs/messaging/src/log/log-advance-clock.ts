import { AdvanceClock, advanceRecord, STREAM_CLOCK_TOPIC, type Wake } from '@amends/application';
import { epochMs, inTransaction, statement, tuplesOf } from '@amends/persistence';
import type { Pool } from 'pg';
import { writeLog } from './append-to-log';

const READ_POSITION = statement(
  'clock_position',
  `select next_offset, ${epochMs('read_time')} from stream_position
   where source = 'log' and topic = $1 and partition = 0`,
);

const POLL_MS = 20;
const TIMEOUT_MS = 300_000;

/**
 * Asks through the log: the record lies behind everything that was sent before, whichever process reads
 * it, and is done when the position has passed it.
 */
export class LogAdvanceClock extends AdvanceClock {
  constructor(
    private readonly pool: Pool,
    private readonly wake: Wake,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    super();
  }

  async execute(toMs: number): Promise<number> {
    const home = { topic: STREAM_CLOCK_TOPIC, partition: 0 };
    const [offset = 0n] = await inTransaction(this.pool, (client) =>
      writeLog(client, [home], [{ body: advanceRecord(toMs), history: false }]),
    );
    this.wake.signal('log');
    const giveUpAtMs = performance.now() + this.timeoutMs;
    for (;;) {
      type Row = [nextOffset: bigint, clockMs: number | null];
      const [row] = await tuplesOf<Row>(this.pool, READ_POSITION, [STREAM_CLOCK_TOPIC]);
      if (row !== undefined && row[0] > offset) return row[1] ?? toMs;
      if (performance.now() > giveUpAtMs)
        throw new Error('the detector did not get so far in time');
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}
