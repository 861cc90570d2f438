import { setPosition, SYSTEM, type Asked, type Database } from '@amends/application';
import type { Kafka } from 'kafkajs';
import { topicEnds } from './topic-ends';

export interface PositionMove {
  readonly topic: string;
  readonly partition: number;
  /** An offset, or `earliest` / `latest` of what the broker has now. */
  readonly to: string;
  readonly reason: string;
  /** Who decided. */
  readonly by: string;
}

/**
 * Sets where reading of a Kafka partition goes on, within what the broker has.
 *
 * @returns the offset of the next record to be read
 * @throws Error if the partition does not exist, or the offset lies outside of it
 */
export async function movePosition(
  kafka: Kafka,
  database: Database,
  { topic, partition, to, reason, by }: PositionMove,
): Promise<bigint> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const ends = await topicEnds(admin, [topic]);
    const range = ends.find((end) => end.partition === partition);
    if (range === undefined) throw new Error(`there is no ${topic}/${String(partition)}`);
    const offset = offsetOf(to, range);
    const asked: Asked = { ...SYSTEM, actor: { kind: 'user', id: by, role: 'admin' } };
    await setPosition(database, { source: 'kafka', topic, partition, offset, reason }, asked);
    return offset;
  } finally {
    await admin.disconnect();
  }
}

function offsetOf(to: string, { start, end }: { start: bigint; end: bigint }): bigint {
  if (to === 'earliest') return start;
  if (to === 'latest') return end;
  const offset = /^\d{1,18}$/.test(to) ? BigInt(to) : -1n;
  if (offset >= start && offset <= end) return offset;
  const range = `${start.toString()} to ${end.toString()}`;
  throw new Error(`the position must be earliest, latest, or an offset from ${range}`);
}
