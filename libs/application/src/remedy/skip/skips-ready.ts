import type { Sql } from '../../queries/sql';
import type { RemedyRule } from '../rules/rule-book';

/** How far each topic has been read, epoch ms. */
export type TopicClocks = ReadonlyMap<string, number>;

export async function readTopicClocks(sql: Sql): Promise<TopicClocks> {
  const { rows } = await sql.query<{ topic: string; read_through: Date }>(
    'select topic, read_through from topic_clock',
  );
  return new Map(rows.map((row) => [row.topic, row.read_through.getTime()]));
}

/**
 * Whether a rule's skip_if can be answered: every topic that carries its events has been read
 * beyond the detection. A topic nobody has read yet keeps it waiting: missing data never pays.
 */
export function areSkipsReady(
  rule: RemedyRule,
  detectedAtMs: number,
  clocks: TopicClocks,
  topicsOf: (type: string) => readonly string[],
): boolean {
  const topics = rule.decision.skips.flatMap(({ event }) => topicsOf(event));
  return topics.every((topic) => {
    const readThroughMs = clocks.get(topic);
    return readThroughMs !== undefined && readThroughMs >= detectedAtMs;
  });
}
