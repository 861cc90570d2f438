import type { PartitionEnd } from '@amends/application';
import type { Admin } from 'kafkajs';

/** First and next offset of every partition of the topics, with partitions that were just added. */
export async function topicEnds(admin: Admin, topics: readonly string[]): Promise<PartitionEnd[]> {
  const perTopic = await Promise.all(
    topics.map(async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return offsets.map(({ partition, low, high }) => ({
        topic,
        partition,
        start: BigInt(low),
        end: BigInt(high),
      }));
    }),
  );
  return perTopic.flat();
}
