import type { AppendVerdict, Topics } from '@amends/application';
import { execute, jsonTexts, tuplesOf } from '@amends/persistence';
import type { ClientBase } from 'pg';
import { INSERT_LOG, TAKE_OFFSETS } from './log-statements';
import type { LogEntry } from './log-entry';
import { quarantineReused } from './quarantine-reused';
import { rememberSeen } from './seen-events';

/** Appends in the caller's transaction; one verdict per entry, in order. */
export async function appendToLog(
  client: ClientBase,
  topics: Topics,
  entries: readonly LogEntry[],
): Promise<AppendVerdict[]> {
  const verdicts = await rememberSeen(client, entries);
  const fresh = entries.filter((_, index) => verdicts[index] === 'accepted');
  const reused = entries.filter((_, index) => verdicts[index] === 'quarantined');
  if (fresh.length > 0) await writeLog(client, homesOf(topics, fresh), fresh);
  if (reused.length > 0) await quarantineReused(client, topics, reused);
  return verdicts;
}

export interface Home {
  readonly topic: string;
  readonly partition: number;
}

/** Writes records to their partitions and answers their offsets, in order. */
export async function writeLog(
  client: ClientBase,
  homes: readonly Home[],
  records: readonly { readonly body: string; readonly history: boolean }[],
): Promise<bigint[]> {
  const next = await takeOffsets(client, homes);
  const offsets = homes.map((home) => {
    const key = homeKey(home);
    const offset = next.get(key) ?? 0n;
    next.set(key, offset + 1n);
    return offset;
  });
  await execute(client, INSERT_LOG, [
    homes.map(({ topic }) => topic),
    homes.map(({ partition }) => partition),
    offsets,
    records.map(({ history }) => history),
    jsonTexts(records.map(({ body }) => body)),
  ]);
  return offsets;
}

export function homesOf(topics: Topics, entries: readonly Pick<LogEntry, 'event'>[]): Home[] {
  return entries.map(({ event }) => ({
    topic: topics.topicOf(event.type),
    partition: topics.partitionOf(event),
  }));
}

/** The first offset taken, per partition. */
async function takeOffsets(
  client: ClientBase,
  homes: readonly Home[],
): Promise<Map<string, bigint>> {
  const counts = new Map<string, Home & { count: number }>();
  for (const home of homes) {
    const key = homeKey(home);
    const counted = counts.get(key);
    if (counted === undefined) counts.set(key, { ...home, count: 1 });
    else counted.count += 1;
  }
  const wanted = [...counts.values()];
  const ends = await tuplesOf<[string, number, bigint]>(client, TAKE_OFFSETS, [
    wanted.map(({ topic }) => topic),
    wanted.map(({ partition }) => partition),
    wanted.map(({ count }) => count),
  ]);
  return new Map(
    ends.map(([topic, partition, end]) => {
      const key = homeKey({ topic, partition });
      return [key, end - BigInt(counts.get(key)?.count ?? 0)];
    }),
  );
}

function homeKey({ topic, partition }: Home): string {
  return `${topic}/${String(partition)}`;
}
