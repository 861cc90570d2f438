import { writeAudit } from '../access/audit';
import type { Asked } from '../access/actor';
import type { Database } from '../queries/sql';

export interface PositionToSet {
  readonly source: string;
  readonly topic: string;
  readonly partition: number;
  /** The next record to be read. */
  readonly offset: bigint;
  readonly reason: string;
}

/**
 * A person decides where reading goes on. Whoever reads the partition now is fenced out and starts
 * there; a partition that was stopped is read again.
 */
export async function setPosition(
  database: Database,
  { source, topic, partition, offset, reason }: PositionToSet,
  asked: Asked,
): Promise<void> {
  await database.transaction(async (sql) => {
    const before = await sql.query<{ next_offset: bigint; stopped: string | null }>(
      `select next_offset, stopped from stream_position
       where source = $1 and topic = $2 and partition = $3 for update`,
      [source, topic, partition],
    );
    await sql.query(
      `insert into stream_position (source, topic, partition, next_offset, epoch)
       values ($1, $2, $3, $4, 1)
       on conflict (source, topic, partition) do update set next_offset = excluded.next_offset,
         epoch = stream_position.epoch + 1, stopped = null, updated_at = now()`,
      [source, topic, partition, offset],
    );
    const [row] = before.rows;
    await writeAudit(sql, asked, {
      action: 'position.set',
      object: `position:${source}/${topic}/${String(partition)}`,
      before: row && { offset: row.next_offset.toString(), stopped: row.stopped },
      after: { offset: offset.toString() },
      reason,
    });
  });
}
