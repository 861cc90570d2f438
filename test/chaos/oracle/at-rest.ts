import type { Kafka } from 'kafkajs';
import type { Pool } from 'pg';
import { TOPICS } from '../world/world';

const WAITING = `select
  (select count(*) from decision_queue)::int as decisions,
  (select count(*) from timer)::int as timers,
  (select count(*) from compensation where state in ('proposed', 'held', 'reserved', 'sending', 'unknown'))::int
    as payouts,
  (select count(*) from message where state in ('queued', 'sending', 'held'))::int as messages,
  (select count(*) from outbox)::int as outbox,
  (select count(*) from own_event)::int as own_events`;

/** Pauses after an unknown outcome are minutes; at the end nobody waits for them. */
const HURRY = [
  `update compensation set next_attempt_at = now()
   where state = 'unknown' and next_attempt_at > now() + interval '8 seconds'`,
  `update message set not_before = now()
   where state = 'queued' and not_before > now() + interval '8 seconds'`,
];

/** Waits until everything has come to rest; answers what has not, if that takes too long. */
export async function untilAtRest(
  kafka: Kafka,
  pool: Pool,
  timeoutMs: number,
): Promise<string | undefined> {
  const giveUpMs = performance.now() + timeoutMs;
  for (;;) {
    const left = await whatIsLeft(kafka, pool).catch((error: unknown) => String(error));
    if (left === '') return undefined;
    if (performance.now() > giveUpMs) return left;
    for (const statement of HURRY) await pool.query(statement).catch(() => undefined);
    await new Promise((resume) => setTimeout(resume, 500));
  }
}

async function whatIsLeft(kafka: Kafka, pool: Pool): Promise<string> {
  const { rows } = await pool.query<Record<string, number>>(WAITING);
  const left = Object.entries(rows[0] ?? {}).filter(([, count]) => count > 0);
  const unread = await unreadOf(kafka, pool);
  if (unread > 0n) left.push(['records', Number(unread)]);
  return left.map(([what, count]) => `${String(count)} ${what}`).join(', ');
}

async function unreadOf(kafka: Kafka, pool: Pool): Promise<bigint> {
  const { rows } = await pool.query<{ place: string; next: string }>(
    `select topic || '/' || partition as place, next_offset::text as next from stream_position
     where source = 'kafka'`,
  );
  const positions = new Map(rows.map(({ place, next }) => [place, BigInt(next)]));
  const admin = kafka.admin();
  await admin.connect();
  let unread = 0n;
  try {
    for (const topic of TOPICS) {
      for (const { partition, high } of await admin.fetchTopicOffsets(topic)) {
        const place = `${topic}/${String(partition)}`;
        unread += BigInt(high) - (positions.get(place) ?? 0n);
      }
    }
  } finally {
    await admin.disconnect();
  }
  return unread;
}
