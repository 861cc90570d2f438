import { EventReplayer, type ReplayedEvent, type Sql, type Topics } from '@amends/application';
import { jsonTexts } from '@amends/persistence';
import { INSERT_LOG, TAKE_OFFSETS } from './log-statements';

/** Appends to the log in the caller's transaction: it is in the stream if and only if that commits. */
export class LogEventReplayer extends EventReplayer {
  constructor(private readonly topics: Topics) {
    super();
  }

  async append(sql: Sql, { event, body }: ReplayedEvent): Promise<void> {
    const topic = this.topics.topicOf(event.type);
    const partition = this.topics.partitionOf(event);
    const taken = await sql.query<{ next_offset: bigint }>(TAKE_OFFSETS.text, [
      [topic],
      [partition],
      [1],
    ]);
    const offset = (taken.rows[0]?.next_offset ?? 1n) - 1n;
    await sql.query(INSERT_LOG.text, [[topic], [partition], [offset], [false], jsonTexts([body])]);
  }
}
